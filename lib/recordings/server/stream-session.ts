import "server-only";
import { storable } from "@/lib/record/text.ts";
import type { LiveEvent, LiveSession, LiveSessions } from "@/lib/recordings/live-session.ts";
import { terminalSize } from "@/lib/recordings/size.ts";
import { StreamError, type StreamPart } from "@/lib/recordings/stream-readers.ts";

/** What the storing side knows of the stream that a producer's address names. */
export type StreamAdmission = {
  sessions: LiveSessions;
  /** Names the stream's session within its source. */
  recordId: string;
  /** The session of this stream that has not ended, to go on with; null before the first connection. */
  openLogId: string | null;
  user: string | null;
  /** The host that the stream comes from. */
  target: string | null;
  title: string | null;
};

type Start = Extract<StreamPart, { what: "start" }>;

/** A terminal that nobody has and a player would choke on. */
export class TerminalTooLarge extends Error {}

/** Clears screen, scrollback and modes before a snapshot is drawn over them. */
const RESET = "\u001bc";

/** The session that one connection of a producer opens or goes on with. */
export class StreamSession {
  readonly #admission: StreamAdmission;
  readonly #largest: { columns: number; rows: number };
  readonly #kill: (reason: string) => Promise<void>;
  #session: LiveSession | undefined;
  #offsetUs = 0;
  #lastUs = 0;
  #exitCode: number | null = null;
  /** Whether the producer has said that the stream is over. */
  hasEnded = false;
  /** The last event that came, of those with ids. */
  lastId: number | null;

  /**
   * @param lastId what the stream's connection before this one saw last
   * @param kill tells the producer to end, and resolves when that is done
   */
  constructor(
    admission: StreamAdmission,
    largest: { columns: number; rows: number },
    lastId: number | null,
    kill: (reason: string) => Promise<void>,
  ) {
    this.#admission = admission;
    this.#largest = largest;
    this.lastId = lastId;
    this.#kill = kill;
  }

  get hasStarted(): boolean {
    return this.#session !== undefined;
  }

  /**
   * Stores what messages mean; what was right before a wrong one is kept.
   * @throws {StreamError | TerminalTooLarge} for the producer to read, as is a SessionRefused of the storing side
   */
  async take(parts: Iterable<StreamPart>): Promise<void> {
    let events: LiveEvent[] = [];
    const flush = async () => {
      const ready = events;
      events = [];
      if (ready.length > 0) await this.#session?.write(ready);
    };
    try {
      for (const part of parts) {
        if (part.what === "end") this.hasEnded = true;
        else if (part.what === "event") events.push(this.#event(part));
        else {
          await flush();
          events.push(...(await this.#start(part)));
        }
      }
    } finally {
      await flush();
    }
  }

  /** The stream is over, with a reason when it was not the producer who ended it. */
  async end(error: string | null): Promise<void> {
    const at = new Date().toISOString().replace("Z", "000Z");
    await this.#session?.end({ at, exitCode: this.#exitCode, signal: null, dumpedCore: false, error });
  }

  async lost(reason: string): Promise<void> {
    await this.#session?.lost(reason);
  }

  async #start(start: Start): Promise<LiveEvent[]> {
    this.#checkSize(start.columns, start.rows);
    const size = terminalSize(start.columns, start.rows);
    const missed = this.lastId === null || start.lastId === null ? 0 : start.lastId - this.lastId;
    this.lastId = start.lastId;
    const isNew = await this.#join(start, size);
    this.#lastUs = Math.max(this.#lastUs, this.#offsetUs + (start.elapsedUs ?? 0));
    const screen = (text: string): LiveEvent[] => (text === "" ? [] : [[this.#lastUs, "o", text]]);
    if (isNew) return screen(start.screen);
    const label = missed > 0 ? `Reconnected; ${missed} events were missed` : "Reconnected";
    return [
      [this.#lastUs, "m", label],
      [this.#lastUs, "r", `${size.columns}x${size.rows}`],
      ...screen(RESET + start.screen),
    ];
  }

  /** Goes on with the stream's session or opens it; tells whether it is new. */
  async #join(start: Start, size: { columns: number; rows: number }): Promise<boolean> {
    if (this.#session) return false;
    const { sessions, openLogId } = this.#admission;
    const resumed = openLogId === null ? null : await sessions.resume(openLogId, start.elapsedUs ?? 0);
    this.#session = resumed ?? (await this.#open(start, size));
    this.#session.onKill(this.#kill);
    if (!resumed) return true;
    const sinceStart = (Date.now() - Date.parse(resumed.startedAt)) * 1000;
    // A stream without a clock of its own goes on at the time that it is.
    this.#offsetUs = start.elapsedUs === null ? Math.max(0, resumed.storedUs, sinceStart) : 0;
    this.#lastUs = Math.max(0, resumed.storedUs);
    return false;
  }

  async #open(start: Start, size: { columns: number; rows: number }): Promise<LiveSession> {
    const { elapsedUs, command, title } = start;
    const { sessions, recordId, user, target, title: given } = this.#admission;
    return sessions.open({
      kind: "asciinema",
      recordId,
      at: new Date(Date.now() - (elapsedUs ?? 0) / 1000).toISOString().replace("Z", "000Z"),
      user,
      targetUser: null,
      target,
      command,
      argv: null,
      cwd: null,
      tty: null,
      original: { title, command },
      ...size,
      title: title === null ? given : storable(title),
      isRecorded: true,
      killEnds: "stream",
    });
  }

  #event({ event: [timeUs, code, data], id }: Extract<StreamPart, { what: "event" }>): LiveEvent {
    // A stream's clock may be set back; a recording's goes on.
    this.#lastUs = Math.max(this.#lastUs, this.#offsetUs + timeUs);
    if (id !== null) this.lastId = id;
    if (code === "x") this.#exitCode = /^\d{1,9}$/.test(data) ? Number(data) : null;
    return [this.#lastUs, code, code === "r" ? this.#resized(data) : data];
  }

  #resized(data: string): string {
    const [, columns, rows] = /^(\d{1,9})x(\d{1,9})$/.exec(data) ?? [];
    if (columns === undefined || rows === undefined) throw new StreamError(`${data.slice(0, 40)} is no size`);
    this.#checkSize(Number(columns), Number(rows));
    const size = terminalSize(Number(columns), Number(rows));
    return `${size.columns}x${size.rows}`;
  }

  #checkSize(columns: number, rows: number): void {
    const most = this.#largest;
    if (columns <= most.columns && rows <= most.rows) return;
    throw new TerminalTooLarge(
      `A terminal of ${columns}x${rows} is larger than ${most.columns}x${most.rows}`,
    );
  }
}
