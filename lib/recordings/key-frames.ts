import type { TerminalEvent } from "@/lib/recordings/session.ts";
import type { HeadlessTerminal } from "@/lib/recordings/terminal.ts";

/** An event as the player reads it: seconds from the start, code, data. */
export type PlayerEvent = [seconds: number, code: string, data: string];

/**
 * A stretch of a recording that is played without what is before it: the screen at its start and the events from
 * there on, as asciinema-player 3.17 reads it with `format: "segmented"`. The first event is at `startUs`, except
 * in the first segment, which starts at 0; all are before the next segment's start.
 */
export type Segment = {
  startUs: number;
  snapshot: { cols: number; rows: number; init: string };
  events: PlayerEvent[];
};

export type KeyFrameRule = {
  /** Microseconds after which a new segment begins, when there is anything for it. */
  everyUs: number;
  /** UTF-16 units of events after which a new segment begins. */
  everyUnits: number;
};

/** What an event costs besides its data. */
const EVENT_UNITS = 16;

export const keyFrameRule: KeyFrameRule = { everyUs: 60_000_000, everyUnits: 256 * 1024 };

/** Cuts events into segments. Ask `due` before an event is shown; after `cut`, the event opens the next segment. */
export class KeyFrames {
  private segment: Segment;
  private units = 0;
  private lastUs = 0;

  constructor(
    private readonly terminal: HeadlessTerminal,
    private readonly rule: KeyFrameRule,
  ) {
    this.segment = this.begin(0);
  }

  /** Whether the segment should end before an event at `timeUs`. */
  due(timeUs: number): boolean {
    if (this.segment.events.length === 0) return false;
    const full = this.units >= this.rule.everyUnits;
    if (!full && timeUs - this.segment.startUs < this.rule.everyUs) return false;
    // Much output of one moment is cut only where it has to be: the player wants later starts to be later.
    return timeUs > this.lastUs || this.overdue;
  }

  /** Whether the segment should end even where the next one will not begin quite the same. */
  get overdue(): boolean {
    return this.units >= 4 * this.rule.everyUnits;
  }

  /** Ends the segment before an event at `timeUs`; what was shown so far must have been written. */
  cut(timeUs: number): Segment {
    const finished = this.segment;
    this.segment = this.begin(Math.max(timeUs, this.lastUs + 1));
    this.units = 0;
    return finished;
  }

  /** @returns the time that the event has in its segment */
  add([timeUs, code, data]: TerminalEvent): number {
    this.lastUs = Math.max(timeUs, this.lastUs, this.segment.startUs);
    this.segment.events.push([this.lastUs / 1e6, code, data]);
    this.units += data.length + EVENT_UNITS;
    return this.lastUs;
  }

  /**
   * The last segment. The player wants an event in it, the last one at the recording's very end, and that later
   * than the segment's start.
   */
  end(): { segment: Segment; durationUs: number } {
    const { startUs, events } = this.segment;
    if (startUs > 0 && this.lastUs <= startUs) this.add([startUs + 1, "o", ""]);
    else if (events.length === 0) this.add([this.lastUs, "o", ""]);
    return { segment: this.segment, durationUs: this.lastUs };
  }

  private begin(startUs: number): Segment {
    const { cols, rows } = this.terminal.xterm;
    const init = startUs === 0 ? "" : this.terminal.snapshot();
    return { startUs, snapshot: { cols, rows, init }, events: [] };
  }
}
