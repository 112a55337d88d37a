import "server-only";
import type { RecordedCommand } from "../commands.ts";
import type { LiveEvent } from "../live-session.ts";
import { sizeOf } from "../size.ts";
import { HeadlessTerminal } from "../terminal.ts";
import { type CommandsTold, LiveCommands } from "./live-commands.ts";
import { LiveHistory } from "./live-history.ts";

/** Lines above the screen that are kept for commands of several lines to be read; who watches sees the screen alone. */
const mostAbove = 400;

/** What a session under way shows and has shown. Its memory does not grow with it. */
export class LiveScreen {
  readonly #terminal: HeadlessTerminal;
  readonly #commands: LiveCommands;
  readonly history: LiveHistory;
  readonly columns: number;
  readonly rows: number;

  /** @param byte of the first event in the session's file */
  constructor(id: string, size: { columns: number; rows: number }, byte: number) {
    this.columns = size.columns;
    this.rows = size.rows;
    this.#terminal = new HeadlessTerminal(size);
    this.#commands = new LiveCommands(this.#terminal);
    this.history = new LiveHistory(id, size, byte);
  }

  /** Shows an event that lies in the session's file from `byte` on. */
  show(event: LiveEvent, byte: number): void {
    this.history.note(event, byte, this.#terminal);
    const [timeUs, code, data] = event;
    if (code === "o") this.#output(timeUs, data);
    else if (code === "i") this.#commands.typed();
    const size = code === "r" ? sizeOf(data) : undefined;
    if (!size) return;
    const before = this.#terminal.cursorLine;
    this.#terminal.resize(size);
    this.#commands.resized(before);
  }

  #output(timeUs: number, data: string): void {
    this.#commands.at(timeUs);
    try {
      this.#terminal.write(data, () => undefined);
    } catch (error) {
      // The terminal's own faults on output that nobody foresaw: what follows is still worth showing.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    }
    this.#commands.written(data);
    if (this.#terminal.xterm.buffer.normal.baseY > mostAbove) this.#terminal.forgetAbove(true);
  }

  /** The source tells of a command. */
  told(command: RecordedCommand): void {
    this.#commands.told(command);
  }

  /** The commands so far, and what is new among them since this was asked last. */
  get commands(): CommandsTold {
    return this.#commands.all();
  }

  newCommands(): CommandsTold | undefined {
    return this.#commands.changes();
  }

  now(): { columns: number; rows: number; init: string } {
    const { cols: columns, rows } = this.#terminal.xterm;
    return { columns, rows, init: this.#terminal.snapshot() };
  }

  async close(): Promise<void> {
    this.#terminal.dispose();
    await this.history.close();
  }
}
