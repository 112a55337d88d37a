import { Commands, type RecordedCommand } from "../commands.ts";
import type { HeadlessTerminal } from "../terminal.ts";

/** Commands from the number `first` on; those that were told before with these numbers are no more. */
export type CommandsTold = { first: number; commands: readonly RecordedCommand[] };

/** Commands of one session that are kept for who watches it; the log has all of them. */
const most = 2000;

/**
 * The commands of a session while it is under way, the one that is running included: those that its source tells of,
 * or, where it tells of no more than the first, those that the terminal shows.
 */
export class LiveCommands {
  readonly #terminal: HeadlessTerminal;
  readonly #finder: Commands;
  readonly #told: RecordedCommand[] = [];
  readonly #seen: RecordedCommand[] = [];
  #pending: RecordedCommand | undefined;
  /** What is listed, the first of it having the number `#dropped`. */
  #listed: RecordedCommand[] = [];
  #dropped = 0;

  constructor(terminal: HeadlessTerminal) {
    this.#terminal = terminal;
    this.#finder = new Commands(terminal);
  }

  /** Output is about to be written. */
  at(timeUs: number): void {
    this.#finder.at(timeUs);
  }

  written(output: string): void {
    this.#finder.written(output);
  }

  typed(): void {
    this.#finder.typed();
  }

  /** @param before the terminal's line of the cursor before its size was changed */
  resized(before: number): void {
    this.#finder.resized(this.#terminal.cursorLine - before);
  }

  /** The source tells of a command. */
  told(command: RecordedCommand): void {
    if (this.#told.length < most) this.#told.push(command);
  }

  all(): CommandsTold {
    return { first: this.#dropped, commands: this.#listed };
  }

  /** What is new or another one since this was asked last. */
  changes(): CommandsTold | undefined {
    const found = this.#finder.take();
    const { pending } = this.#finder;
    const source = this.#told.length > 1 ? this.#told : undefined;
    if (found.length === 0 && pending === this.#pending && this.#told.length === this.#toldBefore) return;
    this.#toldBefore = this.#told.length;
    this.#pending = pending;
    this.#seen.push(...found);
    if (this.#seen.length > 2 * most) this.#forget();
    const list = source ?? [...this.#told, ...this.#seen, ...(pending ? [pending] : [])];
    const same = list.findIndex((command, place) => command !== this.#listed[place]);
    const first = same === -1 ? list.length : same;
    const shorter = list.length < this.#listed.length;
    this.#listed = [...list];
    if (same === -1 && !shorter) return;
    return { first: this.#dropped + first, commands: list.slice(first) };
  }

  #toldBefore = 0;

  #forget(): void {
    const gone = this.#seen.splice(0, most);
    this.#dropped += gone.length;
    this.#listed = this.#listed.slice(gone.length);
  }
}
