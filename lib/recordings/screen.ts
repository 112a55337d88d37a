import { type Activity, ActivityCounter } from "@/lib/recordings/activity.ts";
import { Commands, type RecordedCommand } from "@/lib/recordings/commands.ts";
import { type TextLine, TextOut } from "@/lib/recordings/emitted.ts";
import { FullScreen } from "@/lib/recordings/full-screen.ts";
import { Gaps, type Pauses } from "@/lib/recordings/gaps.ts";
import { type KeyFrameRule, KeyFrames, keyFrameRule, type Segment } from "@/lib/recordings/key-frames.ts";
import { mayEndWithPrompt } from "@/lib/recordings/prompt.ts";
import { ScreenLines } from "@/lib/recordings/screen-lines.ts";
import type { Findings, RecordingSession, TerminalEvent } from "@/lib/recordings/session.ts";
import { sizeOf } from "@/lib/recordings/size.ts";
import { HeadlessTerminal } from "@/lib/recordings/terminal.ts";

/** What a recording showed, as it is found: lines in order, commands when they are over, segments when they are full. */
export type ScreenItem =
  | { kind: "line"; line: TextLine }
  | { kind: "command"; command: RecordedCommand }
  | { kind: "segment"; segment: Segment };

/** What is known of a recording at its end. Times and durations in microseconds. */
export type ScreenSummary = {
  durationUs: number;
  events: number;
  /** UTF-16 units of output. */
  outputUnits: number;
  /** UTF-16 units of what was typed; 0 when it was not recorded. */
  inputUnits: number;
  resizes: { timeUs: number; columns: number; rows: number }[];
  markers: { timeUs: number; label: string }[];
  exitStatus: number | undefined;
  pauses: Pauses;
  activity: Activity;
};

/** Output this close together is written at once. */
const FRAME_US = 16_000;
const FRAME_UNITS = 4096;
/** A screen that stood still so long could be read. */
const STILL_US = 400_000;
/** One that never stands still is read this often. */
const MOVING_US = 2_000_000;
const MOST_KEPT = 10_000;

/**
 * Plays a recording in a terminal without a screen, once, in flat memory.
 * @param session events in the stored form, as `readRecording` gives them
 */
export function* watchScreen(
  session: RecordingSession,
  findings: Findings,
  rule: KeyFrameRule = keyFrameRule,
): Generator<ScreenItem, ScreenSummary, void> {
  const watcher = new Watcher(session, findings, rule);
  try {
    for (const event of session.events) {
      watcher.take(event);
      yield* watcher.items();
    }
    const summary = watcher.end();
    yield* watcher.items();
    return summary;
  } finally {
    watcher.dispose();
  }
}

class Watcher {
  private readonly terminal: HeadlessTerminal;
  private readonly out = new TextOut();
  private readonly lines: ScreenLines;
  private readonly commands: Commands;
  private readonly frames: KeyFrames;
  private program: FullScreen | undefined;
  private readonly segments: Segment[] = [];
  private readonly activity = new ActivityCounter();
  private readonly gaps = new Gaps();
  /** Output that is not written yet. */
  private pending = "";
  private pendingUs = 0;
  private timeUs = 0;
  private lastOutputUs = 0;
  private readUs = 0;
  private readonly counts = { events: 0, outputUnits: 0, inputUnits: 0 };
  private readonly resizes: ScreenSummary["resizes"] = [];
  private readonly markers: ScreenSummary["markers"] = [];
  private exitStatus: number | undefined;

  constructor(
    { info }: RecordingSession,
    private readonly findings: Findings,
    rule: KeyFrameRule,
  ) {
    this.terminal = new HeadlessTerminal({ columns: info.columns, rows: info.rows });
    this.commands = new Commands(this.terminal);
    this.lines = new ScreenLines(this.terminal, this.out, (timeUs, text) => this.commands.line(timeUs, text));
    this.frames = new KeyFrames(this.terminal, rule);
    this.watchErasing();
    this.terminal.xterm.buffer.onBufferChange(() => this.screenChanged());
  }

  take(event: TerminalEvent): void {
    if (this.frames.wants(event)) {
      this.flush();
      const segment = this.frames.before(event);
      if (segment !== undefined) this.segments.push(segment);
    }
    const timeUs = this.frames.add(event);
    const [, code, data] = event;
    this.counts.events++;
    this.gaps.event(timeUs);
    this.timeUs = timeUs;
    if (code === "o") this.output(data, timeUs);
    else if (code === "i") {
      this.flush();
      this.counts.inputUnits += data.length;
      this.commands.typed();
    } else if (code === "r") this.resize(data, timeUs);
    else if (code === "m") {
      if (this.markers.length < MOST_KEPT) this.markers.push({ timeUs, label: data });
    } else this.exitStatus = Number(data);
  }

  *items(): Generator<ScreenItem, void> {
    for (const line of this.out.take()) yield { kind: "line", line };
    for (const command of this.commands.take()) yield { kind: "command", command };
    for (const segment of this.segments.splice(0)) yield { kind: "segment", segment };
  }

  end(): ScreenSummary {
    this.flush();
    if (this.terminal.fullScreen) this.program?.ended(this.terminal.screenRows(), this.timeUs);
    else this.lines.tellAll();
    this.commands.end();
    const { segment, durationUs } = this.frames.end();
    this.segments.push(segment);
    return {
      durationUs,
      ...this.counts,
      resizes: this.resizes,
      markers: this.markers,
      exitStatus: this.exitStatus,
      pauses: this.gaps.result(),
      activity: this.activity.result(durationUs),
    };
  }

  dispose(): void {
    this.terminal.dispose();
    this.frames.dispose();
  }

  private output(data: string, timeUs: number): void {
    this.counts.outputUnits += data.length;
    this.activity.add(timeUs, data.length);
    const apart =
      this.pending !== "" &&
      (timeUs - this.pendingUs > FRAME_US ||
        this.pending.length + data.length > FRAME_UNITS ||
        mayEndWithPrompt(this.pending));
    if (apart) this.flush();
    if (this.pending === "") {
      if (timeUs - this.lastOutputUs >= STILL_US || timeUs - this.readUs >= MOVING_US) this.read();
      this.pendingUs = timeUs;
    }
    this.pending += data;
    this.lastOutputUs = timeUs;
  }

  /** Looks at the screen as people did. */
  private read(): void {
    this.readUs = this.timeUs;
    if (this.terminal.fullScreen) this.program?.seen(this.terminal.screenRows(), this.lastOutputUs);
    else this.lines.settled(this.lastOutputUs);
  }

  private flush(): void {
    if (this.pending === "") return;
    const output = this.pending;
    this.pending = "";
    this.commands.at(this.pendingUs);
    try {
      this.terminal.write(output, () => {
        if (!this.terminal.fullScreen) this.lines.written(this.pendingUs);
      });
      this.frames.written(output);
    } catch (error) {
      // The terminal's own faults on output that nobody foresaw: the rest is still worth reading.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      this.findings.add("control-sequence", this.pendingUs, "Some output could not be shown as text.");
    }
    this.commands.written(output);
  }

  private resize(data: string, timeUs: number): void {
    this.flush();
    const size = sizeOf(data);
    if (size === undefined) return;
    if (this.resizes.length < MOST_KEPT) this.resizes.push({ timeUs, ...size });
    const before = this.terminal.cursorLine;
    if (this.terminal.fullScreen) this.program?.seen(this.terminal.screenRows(), timeUs);
    this.frames.resize(size, timeUs);
    this.lines.beforeResize(size.rows);
    this.terminal.resize(size);
    this.commands.resized(this.terminal.cursorLine - before);
    this.lines.afterResize(timeUs);
  }

  /** A program takes the whole screen, or gives it back. */
  private screenChanged(): void {
    if (!this.terminal.fullScreen) return;
    this.lines.tellAll();
    this.program = new FullScreen(this.out);
  }

  /** What is about to be erased was seen. */
  private watchErasing(): void {
    const { parser } = this.terminal.xterm;
    parser.registerCsiHandler({ final: "J" }, ([kind]) => {
      this.erasing(typeof kind === "number" ? kind : 0);
      return false;
    });
    parser.registerEscHandler({ intermediates: "#", final: "8" }, () => {
      this.erasing(2);
      return false;
    });
    parser.registerEscHandler({ final: "c" }, () => {
      this.erasing(2);
      this.program?.ended(this.terminal.screenRows(), this.pendingUs);
      this.program = undefined;
      this.lines.forgetAbove();
      return false;
    });
    this.terminal.watchLosses((loss) => {
      if (!this.terminal.fullScreen) this.lines.losing(loss);
      else this.program?.leaving(this.terminal.screenRows(loss.first, loss.count), this.pendingUs, false);
    });
    parser.registerCsiHandler({ prefix: "?", final: "l" }, (params) => {
      if (this.terminal.fullScreen && params.some((mode) => mode === 47 || mode === 1047 || mode === 1049)) {
        this.program?.ended(this.terminal.screenRows(), this.pendingUs);
        this.program = undefined;
      }
      return false;
    });
  }

  private erasing(kind: number): void {
    const { terminal } = this;
    if (kind === 3) this.lines.forgetAbove();
    if (terminal.fullScreen) {
      if (kind === 2) this.program?.leaving(terminal.screenRows(), this.pendingUs, true);
      return;
    }
    const { cursorX } = terminal.xterm.buffer.normal;
    const last = terminal.top + terminal.xterm.rows - 1;
    if (kind === 0) this.lines.erasing(terminal.cursorLine + (cursorX > 0 ? 1 : 0), last, this.pendingUs);
    else if (kind === 1) this.lines.erasing(terminal.top, terminal.cursorLine - 1, this.pendingUs);
    else if (kind === 2) this.lines.erasing(terminal.top, last, this.pendingUs);
  }
}
