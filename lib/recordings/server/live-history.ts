import "server-only";
import { type FileHandle, open, rm } from "node:fs/promises";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { keyFrameRule, type PlayerEvent, type Segment } from "../key-frames.ts";
import type { LiveEvent } from "../live-session.ts";
import type { HeadlessTerminal } from "../terminal.ts";
import { liveFile } from "./live-file.ts";

/** Where a stretch begins: its time, its first byte in the session's file, its screen in the file of screens. */
type Start = { timeUs: number; byte: number; screen: { byte: number; bytes: number } | undefined };

/** Bytes of one stretch that are read at once; a source that sends more at one moment is not played before its end. */
const mostRead = 16 << 20;

/**
 * What a session under way has shown so far, in stretches that can be played. Events and screens are on disk; in
 * memory are their places alone.
 */
export class LiveHistory {
  readonly #file: string;
  readonly #size: { columns: number; rows: number };
  readonly #starts: Start[];
  #screens: Promise<FileHandle> | undefined;
  #screenBytes = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #units = 0;
  #lastUs = -1;

  /** @param byte of the first event in the session's file */
  constructor(id: string, size: { columns: number; rows: number }, byte: number) {
    this.#file = liveFile(id);
    this.#size = size;
    this.#starts = [{ timeUs: 0, byte, screen: undefined }];
  }

  get startsUs(): readonly number[] {
    return this.#starts.map(({ timeUs }) => timeUs);
  }

  /** An event is in the file from `byte` on and is about to be shown. */
  note([timeUs, , data]: LiveEvent, byte: number, terminal: HeadlessTerminal): void {
    const start = this.#starts.at(-1);
    const { everyUs, everyUnits } = keyFrameRule;
    const full = this.#units >= everyUnits || (start && timeUs - start.timeUs >= everyUs);
    const fits = terminal.canSnapshot || this.#units >= 4 * everyUnits;
    // The player wants later stretches to be later.
    if (this.#units > 0 && full && fits && timeUs > this.#lastUs) this.#cut(timeUs, byte, terminal);
    this.#units += data.length + 16;
    this.#lastUs = timeUs;
  }

  #cut(timeUs: number, byte: number, terminal: HeadlessTerminal): void {
    const { cols, rows } = terminal.xterm;
    const text = Buffer.from(JSON.stringify({ cols, rows, init: terminal.snapshot() }));
    const at = this.#screenBytes;
    this.#screens ??= open(screensFile(this.#file), "w+", 0o600);
    const screens = this.#screens;
    this.#writing = this.#writing.then(async () => (await screens).write(text, 0, text.length, at));
    // Told to who reads it; a session is stored without its screens too.
    this.#writing.catch(() => undefined);
    this.#screenBytes += text.length;
    this.#starts.push({ timeUs, byte, screen: { byte: at, bytes: text.length } });
    this.#units = 0;
  }

  /**
   * One stretch, up to a moment, as the player wants it of an index that ends there.
   * @throws Problem 404, or 409 when it is too large
   */
  async segment(place: number, toUs: number): Promise<Pick<Segment, "snapshot" | "events">> {
    const start = this.#starts[place];
    if (!start || (place > 0 && start.timeUs >= toUs)) throw notFound("There is no such segment.");
    const next = this.#starts[place + 1];
    const isLast = !next || next.timeUs >= toUs;
    const events: PlayerEvent[] = [];
    for (const line of (await this.#read(start.byte, next?.byte)).split("\n")) {
      if (line === "") continue;
      const event = JSON.parse(line) as PlayerEvent;
      if (Math.round(event[0] * 1e6) > toUs) break;
      events.push(event);
    }
    // The player wants the last event at its recording's very end, and one in every stretch.
    if (isLast || events.length === 0) events.push([(isLast ? toUs : start.timeUs) / 1e6, "o", ""]);
    return { snapshot: await this.#screenOf(start), events };
  }

  async #read(from: number, to: number | undefined): Promise<string> {
    const file = await open(this.#file);
    try {
      const end = to ?? (await file.stat()).size;
      if (end - from > mostRead)
        throw new Problem(409, "Too much was shown here to be played before the end.");
      const bytes = Buffer.alloc(end - from);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      const text = bytes.subarray(0, bytesRead).toString("utf8");
      // What is being written at this moment is not whole.
      return text.slice(0, text.lastIndexOf("\n") + 1);
    } finally {
      await file.close();
    }
  }

  async #screenOf({ screen }: Start): Promise<Segment["snapshot"]> {
    if (!screen || !this.#screens) return { cols: this.#size.columns, rows: this.#size.rows, init: "" };
    await this.#writing;
    const bytes = Buffer.alloc(screen.bytes);
    await (await this.#screens).read(bytes, 0, screen.bytes, screen.byte);
    return JSON.parse(bytes.toString("utf8")) as Segment["snapshot"];
  }

  /** The session is over: what is played from now on is made of the whole. */
  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await (await this.#screens?.catch(() => undefined))?.close();
    await rm(screensFile(this.#file), { force: true });
  }
}

/** Screens of an earlier run are swept away with it. */
export function screensFile(file: string): string {
  return `${file}.screens`;
}
