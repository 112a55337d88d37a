import { Recent, type TextOut, wordsOf } from "@/lib/recordings/emitted.ts";
import type { HeadlessTerminal, Loss } from "@/lib/recordings/terminal.ts";

/** Text that was wiped off the screen is not told again when the same was told so shortly before. */
const REPEAT_US = 10_000_000;
/** Longest line put together of wrapped rows. */
const LONGEST = 64 * 1024;

/** Is told each line of the normal screen once it is finished, with the number of its first row. */
export type LineListener = (timeUs: number, text: string, line: number) => void;

/**
 * The lines of the normal screen: told in order when they leave it by scrolling, before they are erased or
 * written over, before a program takes the whole screen, and at the end.
 */
export class ScreenLines {
  /** Rows above this one were told. */
  private told = 0;
  /** When each row was written last. */
  private readonly times = new Map<number, number>();
  /** What was told of rows that are still there. */
  private readonly done = new Map<number, string>();
  /** What people had time to read, by row. */
  private readonly seen = new Map<number, { text: string; timeUs: number }>();
  private readonly recent = new Recent(2000);
  private partial: { timeUs: number; text: string; line: number } | undefined;
  private cursor = 0;

  constructor(
    private readonly terminal: HeadlessTerminal,
    private readonly out: TextOut,
    private readonly listener: LineListener,
  ) {}

  /** After output on the normal screen: tells what was scrolled off. */
  written(timeUs: number): void {
    const now = this.terminal.cursorLine;
    for (let row = Math.min(this.cursor, now); row <= Math.max(this.cursor, now); row++) {
      this.times.set(row, timeUs);
    }
    this.cursor = now;
    this.tellAbove();
    this.terminal.forgetAbove();
  }

  private tellAbove(): void {
    const { top } = this.terminal;
    while (this.told < top) this.tell(this.told++);
  }

  private tell(row: number): void {
    const line = this.terminal.line(row);
    const timeUs = this.times.get(row) ?? this.seen.get(row)?.timeUs ?? 0;
    const done = this.done.get(row);
    this.times.delete(row);
    this.done.delete(row);
    this.seen.delete(row);
    if (line === undefined) return;
    if (!line.wrapped || (this.partial?.text.length ?? 0) > LONGEST) this.flushPartial();
    if (done === line.text) {
      this.flushPartial();
      return;
    }
    this.partial ??= { timeUs, text: "", line: row };
    this.partial.text += line.text;
    this.partial.timeUs = Math.max(this.partial.timeUs, timeUs);
    if (this.terminal.line(row + 1)?.wrapped !== true) this.flushPartial();
  }

  private flushPartial(): void {
    if (this.partial === undefined) return;
    const { timeUs, text, line } = this.partial;
    this.partial = undefined;
    this.out.add(timeUs, text, false);
    this.listener(timeUs, text, line);
  }

  /** Tells the rows of the screen from the first to `last` that were not told as they are. */
  tellScreen(last: number): void {
    this.tellAbove();
    let end = last;
    while (end >= this.told && this.terminal.line(end)?.text === "") end--;
    for (let row = this.told; row <= end; row++) {
      const line = this.terminal.line(row);
      const timeUs = this.times.get(row) ?? 0;
      const done = this.done.get(row);
      if (line === undefined || done === line.text) continue;
      this.tell(row);
      this.done.set(row, line.text);
      this.times.set(row, timeUs);
    }
    this.flushPartial();
  }

  tellAll(): void {
    this.tellScreen(this.terminal.top + this.terminal.xterm.rows - 1);
  }

  /** Rows of the screen are about to be erased. */
  erasing(from: number, to: number, timeUs: number): void {
    let text = "";
    for (let row = from; row <= to; row++) text += this.terminal.line(row)?.text ?? "";
    const telling = text.trim().length > 1 && !this.recent.again(text, timeUs, REPEAT_US);
    if (telling) this.tellScreen(to);
    for (let row = from; row <= to; row++) {
      this.done.delete(row);
      this.seen.delete(row);
    }
  }

  /** Rows vanish that were not erased, and others move into their places. */
  losing({ first, count, from, to, by }: Loss): void {
    const { top } = this.terminal;
    this.tellScreen(top + first + count - 1);
    for (const known of [this.times, this.done, this.seen] as Map<number, unknown>[]) {
      const moved: [number, unknown][] = [];
      for (let row = Math.min(from, from + by); row <= Math.max(to, to + by); row++) {
        const value = known.get(top + row);
        known.delete(top + row);
        if (value !== undefined && row >= from && row <= to) moved.push([top + row + by, value]);
      }
      for (const [row, value] of moved) known.set(row, value);
    }
  }

  /** The screen stood still long enough to be read: what is gone from it in place is told now. */
  settled(timeUs: number): void {
    const { top } = this.terminal;
    for (let row = top; row < top + this.terminal.xterm.rows; row++) {
      const text = this.terminal.line(row)?.text ?? "";
      const before = this.seen.get(row);
      if (before?.text === text) continue;
      if (before !== undefined && isGone(before.text, text) && this.done.get(row) !== before.text) {
        this.tellScreen(row - 1);
        if (!this.recent.again(before.text, timeUs)) this.out.add(before.timeUs, before.text, false);
      }
      if (text === "") this.seen.delete(row);
      else this.seen.set(row, { text, timeUs: this.times.get(row) ?? timeUs });
    }
  }

  /** Before what is above the screen is forgotten, or would come back onto it. */
  forgetAbove(): void {
    this.tellAbove();
    this.terminal.forgetAbove(true);
  }

  /** Before the terminal gets another size. */
  beforeResize(rows: number): void {
    this.forgetAbove();
    // A lower terminal cuts off what is below the cursor, though it may be text.
    if (rows < this.terminal.xterm.rows) this.tellAll();
  }

  /** After it: rows are others, those of the cursor's line on keep what is known of them. */
  afterResize(timeUs: number): void {
    const by = this.terminal.cursorLine - this.cursor;
    for (const known of [this.times, this.done, this.seen] as Map<number, unknown>[]) {
      const moved = [...known].map(([row, value]) => [row + by, value] as const);
      known.clear();
      for (const [row, value] of moved) if (row >= this.told) known.set(row, value);
    }
    this.cursor = this.terminal.cursorLine;
    this.written(timeUs);
  }
}

/** Whether a text that could be read is not on its row any more, neither continued nor edited nor counted on. */
function isGone(before: string, after: string): boolean {
  if (before.trim() === "" || after.startsWith(before)) return false;
  if (before.startsWith(after) && after.trim() !== "") return false;
  if (wordsOf(before) === wordsOf(after)) return false;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  // A prompt stands before what was edited.
  return !/[$#%>❯➜λ»:] /.test(before.slice(0, same));
}
