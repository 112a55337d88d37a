import type { TerminalEvent } from "@/lib/recordings/session.ts";
import type { TerminalSize } from "@/lib/recordings/size.ts";
import { HeadlessTerminal } from "@/lib/recordings/terminal.ts";

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

/** What redrawing may cost beyond what the recording itself holds, in units; a cell that is looked at is a quarter. */
const REDRAW_UNITS = 4 * 1024 * 1024;

export const keyFrameRule: KeyFrameRule = { everyUs: 60_000_000, everyUnits: 256 * 1024 };

/** New sizes this close together are one pull at a window. */
const DRAGGED_US = 100_000;
/** Lines above the screen that may come back onto it when it grows, as in the player. */
const ABOVE = 300;

/**
 * Cuts events into segments. Ask `due` before an event is shown; after `cut`, the event opens the next segment.
 *
 * From the first new size on it keeps a terminal of its own, which has the lines above the screen that the one
 * for the text forgets; after each new size it draws the whole screen once more. Terminals differ in how lines
 * wrap anew and in what comes back from above: so the player shows the same whether it came by playing or by seeking.
 */
export class KeyFrames {
  private segment: Segment;
  private units = 0;
  private lastUs = 0;
  private recordedUnits = 0;
  private redrawnUnits = 0;
  private own: HeadlessTerminal | undefined;
  /** When the size changed, until the screen was drawn once more. */
  private resizedUs: number | undefined;

  /** @param reading the terminal that the text is read from: what is added is written to it by others */
  constructor(
    private readonly reading: HeadlessTerminal,
    private readonly rule: KeyFrameRule,
  ) {
    this.segment = this.begin(0);
  }

  private get terminal(): HeadlessTerminal {
    return this.own ?? this.reading;
  }

  /** Before the terminal gets another size. */
  resize(size: TerminalSize, timeUs: number): void {
    if (this.own === undefined) {
      const { cols: columns, rows } = this.reading.xterm;
      this.own = new HeadlessTerminal({ columns, rows }, ABOVE);
      this.own.write(this.reading.snapshot(ABOVE), () => undefined);
    }
    this.own.resize(size);
    this.resizedUs = timeUs;
  }

  /** After output was written to the terminal that the text is read from. */
  written(output: string): void {
    this.own?.write(output, () => undefined);
  }

  dispose(): void {
    this.own?.dispose();
  }

  /** Whether what was added must be written before an event: it is about to be cut, or drawn. */
  wants([timeUs, code]: TerminalEvent): boolean {
    return this.redrawDue(timeUs, code) || this.due(timeUs);
  }

  /** Before an event, after what was added was written. @returns the segment that ended */
  before([timeUs, code]: TerminalEvent): Segment | undefined {
    if (this.redrawDue(timeUs, code)) this.redraw();
    if (!this.due(timeUs) || !(this.terminal.canSnapshot || this.overdue)) return undefined;
    const segment = this.cut(timeUs);
    // What was too much for the segment before: from here on it is right again.
    if (this.resizedUs !== undefined) this.redraw();
    return segment;
  }

  private redrawDue(timeUs: number, code: string): boolean {
    return this.resizedUs !== undefined && (code !== "r" || timeUs - this.resizedUs > DRAGGED_US);
  }

  /** Whether the segment should end before an event at `timeUs`. */
  private due(timeUs: number): boolean {
    if (this.segment.events.length === 0) return false;
    const full = this.units >= this.rule.everyUnits;
    if (!full && timeUs - this.segment.startUs < this.rule.everyUs) return false;
    // Much output of one moment is cut only where it has to be: the player wants later starts to be later.
    return timeUs > this.lastUs || this.overdue;
  }

  /** Whether the segment should end even where the next one will not begin quite the same. */
  private get overdue(): boolean {
    return this.units >= 4 * this.rule.everyUnits;
  }

  /** Ends the segment before an event at `timeUs`. */
  private cut(timeUs: number): Segment {
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
    this.recordedUnits += data.length + EVENT_UNITS;
    return this.lastUs;
  }

  /** Draws the screen as the last thing of its moment, unless hostile sizes would make more of it than there was. */
  private redraw(): void {
    const { cols, rows } = this.terminal.xterm;
    if (!this.terminal.canSnapshot || this.redrawnUnits > REDRAW_UNITS + this.recordedUnits) return;
    const drawn = `\u001bc${this.terminal.snapshot()}`;
    this.redrawnUnits += drawn.length + EVENT_UNITS + (cols * rows) / 4;
    this.lastUs = Math.max(this.lastUs, this.segment.startUs);
    this.segment.events.push([this.lastUs / 1e6, "o", drawn]);
    this.units += drawn.length + EVENT_UNITS;
    this.resizedUs = undefined;
  }

  /**
   * The last segment; what was added was written. The player wants an event in it, the last one at the
   * recording's very end, and that later than the segment's start.
   */
  end(): { segment: Segment; durationUs: number } {
    if (this.resizedUs !== undefined) this.redraw();
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
