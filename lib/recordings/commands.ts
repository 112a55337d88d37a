import { recordingLimits } from "@/lib/recordings/limits.ts";
import {
  isContinuation,
  isPrompt,
  mayEndWithPrompt,
  namedPrompt,
  whoseShell,
  withoutRightPrompt,
} from "@/lib/recordings/prompt.ts";
import { words } from "@/lib/recordings/session.ts";
import { type ShellMark, shellMark } from "@/lib/recordings/shell-marks.ts";
import type { HeadlessTerminal } from "@/lib/recordings/terminal.ts";

/**
 * A command line: `reported` by the shell's marks, with its exit code where they tell it, or `inferred` from
 * what stood behind a prompt when the cursor left the line. Several lines are parted by line feeds.
 */
export type RecordedCommand = {
  timeUs: number;
  command: string;
  exitCode?: number;
  origin: "reported" | "inferred";
};

/** A prompt that is waiting: its line's number, the column behind it, its text. */
type Waiting = { line: number; column: number; prompt: string };

/** Most rows that one command line may take. */
const MOST_ROWS = 200;

/** Finds the commands of a session. What the shell reports itself is never inferred as well. */
export class Commands {
  private readonly found: RecordedCommand[] = [];
  private waiting: Waiting | undefined;
  /** Where the shell said that the command line begins. */
  private marked: { line: number; column: number } | undefined;
  private marksPrompt = false;
  private told: string | undefined;
  private running: RecordedCommand | undefined;
  private inferred: RecordedCommand | undefined;
  /** The line behind the last inferred command, where a continuation would be. */
  private nextLine = -1;
  private readonly shells = new Set<string>();
  private timeUs = 0;

  constructor(private readonly terminal: HeadlessTerminal) {
    const { xterm } = terminal;
    for (const code of [133, 633] as const) {
      xterm.parser.registerOscHandler(code, (data) => {
        const mark = shellMark(code, data);
        if (mark !== undefined && !terminal.fullScreen) this.mark(mark);
        return false;
      });
    }
    xterm.onLineFeed(() => this.lineFeed());
  }

  /** Output is about to be written. */
  at(timeUs: number): void {
    this.timeUs = timeUs;
  }

  /** `output` was written and more may be long in coming. */
  written(output: string): void {
    if (this.inPrompt || this.terminal.fullScreen || !mayEndWithPrompt(output)) return;
    this.lookForPrompt(isPrompt);
  }

  /** Something was typed: the cursor stands behind the prompt when it is the first of a line. */
  typed(): void {
    if (this.inPrompt || this.terminal.fullScreen) return;
    this.lookForPrompt(isPrompt);
  }

  /** A line that was told: one that begins with a known prompt, when no waiting one was seen. */
  line(timeUs: number, text: string): void {
    if (this.inPrompt || !/[$#] /.test(text)) return;
    const parts = namedPrompt(text);
    const who = parts && whoseShell(parts.prompt);
    if (parts === undefined || who === undefined || parts.command.endsWith("^C")) return;
    // Shells that were seen waiting are found there; the lines of others are quotations.
    if (this.shells.size > 0) return;
    this.infer(timeUs, parts.command);
  }

  resized(by: number): void {
    if (this.waiting) this.waiting = { ...this.waiting, line: this.waiting.line + by };
    if (this.marked) this.marked = { ...this.marked, line: this.marked.line + by };
  }

  /** The command that is running, as far as it is known, or the last one that was found and may go on. */
  get pending(): RecordedCommand | undefined {
    return this.running ?? this.inferred;
  }

  take(): RecordedCommand[] {
    return this.found.length === 0 ? [] : this.found.splice(0);
  }

  end(): void {
    this.finish(undefined);
    this.tellInferred();
  }

  /** Between the shell's marks of a prompt and of the command's output. */
  private get inPrompt(): boolean {
    return this.marksPrompt;
  }

  private mark(mark: ShellMark): void {
    const { cursorLine, xterm } = this.terminal;
    this.waiting = undefined;
    switch (mark.kind) {
      case "prompt":
        this.finish(undefined);
        this.tellInferred();
        this.marksPrompt = true;
        this.marked = undefined;
        this.told = undefined;
        break;
      case "command":
        this.marksPrompt = true;
        this.marked = { line: cursorLine, column: xterm.buffer.normal.cursorX };
        break;
      case "line":
        this.told = mark.commandLine;
        break;
      case "output": {
        const command = mark.commandLine ?? this.told ?? this.markedText();
        this.marksPrompt = false;
        this.marked = undefined;
        this.told = undefined;
        this.finish(undefined);
        const text = commandText(command);
        if (text !== undefined) this.running = { timeUs: this.timeUs, command: text, origin: "reported" };
        break;
      }
      case "finished":
        this.finish(mark.exitCode);
        this.tellInferred();
    }
  }

  private finish(exitCode: number | undefined): void {
    const running = this.running;
    this.running = undefined;
    if (running !== undefined) this.found.push(exitCode === undefined ? running : { ...running, exitCode });
  }

  private markedText(): string {
    if (this.marked === undefined) return "";
    const { cursorLine, xterm } = this.terminal;
    const { line, column } = this.marked;
    if (cursorLine > line) return this.textFrom(line, column, cursorLine - 1);
    return (this.terminal.line(line)?.text ?? "").slice(column, xterm.buffer.normal.cursorX);
  }

  private textFrom(line: number, column: number, last: number): string {
    let text = "";
    for (let row = line; row <= Math.min(last, line + MOST_ROWS); row++) {
      const found = this.terminal.line(row);
      if (found === undefined) continue;
      if (row > line && !found.wrapped) text += "\n";
      const whole = withoutRightPrompt(found.text, this.terminal.xterm.cols);
      text += row === line ? whole.slice(column) : whole;
    }
    return text;
  }

  private lookForPrompt(matches: (text: string) => boolean): void {
    const { cursorLine, xterm } = this.terminal;
    const { cursorX } = xterm.buffer.normal;
    const row = this.terminal.line(cursorLine);
    if (row === undefined || row.wrapped) return;
    if (withoutRightPrompt(row.text, xterm.cols).trimEnd().length > cursorX) return;
    const { waiting } = this;
    // What is typed behind a prompt may end like one.
    if (waiting?.line === cursorLine && row.text.startsWith(waiting.prompt.trimEnd())) return;
    const prompt = row.text.slice(0, cursorX).padEnd(cursorX);
    if (!matches(prompt)) return;
    this.waiting = { line: cursorLine, column: cursorX, prompt };
    const who = whoseShell(prompt);
    if (who !== undefined) this.shells.add(who);
  }

  private lineFeed(): void {
    const { waiting } = this;
    if (waiting === undefined || this.terminal.fullScreen) return;
    const last = this.terminal.cursorLine - 1;
    if (last < waiting.line) return;
    this.waiting = undefined;
    if (last - waiting.line > MOST_ROWS) return;
    const first = this.terminal.line(waiting.line);
    if (first === undefined || !first.text.startsWith(waiting.prompt.trimEnd())) return;
    for (let row = waiting.line + 1; row <= last; row++) {
      if (this.terminal.line(row)?.wrapped !== true) return;
    }
    const text = this.textFrom(waiting.line, waiting.column, last);
    if (text.trim() === "" || text.trimEnd().endsWith("^C")) return;
    if (isContinuation(waiting.prompt) && this.inferred !== undefined && waiting.line === this.nextLine) {
      const joined = `${this.inferred.command}\n${text.trimEnd()}`;
      this.inferred = { ...this.inferred, command: joined.slice(0, recordingLimits.words) };
    } else this.infer(this.timeUs, text);
    this.nextLine = last + 1;
  }

  private infer(timeUs: number, text: string): void {
    this.tellInferred();
    const command = commandText(text);
    if (command !== undefined) this.inferred = { timeUs, command, origin: "inferred" };
  }

  private tellInferred(): void {
    if (this.inferred !== undefined) this.found.push(this.inferred);
    this.inferred = undefined;
  }
}

/** A command as one would write it down: no control characters, no blanks around, of bounded length. */
function commandText(text: string): string | undefined {
  const lines = text
    .slice(0, recordingLimits.words)
    .split("\n")
    .map((line) => words(line))
    .filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : lines.join("\n");
}
