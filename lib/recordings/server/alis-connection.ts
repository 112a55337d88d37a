import "server-only";
import type { RawData, WebSocket } from "ws";
import { SessionRefused } from "@/lib/recordings/live-session.ts";
import {
  type StreamAdmission,
  StreamSession,
  TerminalTooLarge,
} from "@/lib/recordings/server/stream-session.ts";
import {
  StreamError,
  type StreamPart,
  type StreamProtocol,
  streamReader,
} from "@/lib/recordings/stream-readers.ts";

export type StreamLimits = {
  /** Milliseconds from the connection to the stream's beginning. */
  header: number;
  /** Milliseconds between pings; a producer that misses one is gone. */
  ping: number;
  columns: number;
  rows: number;
  /** Bytes that a producer may send at once, and that it gets back each second. */
  burst: number;
  bytesPerSecond: number;
  /** Bytes of one message. */
  message: number;
  /** Connections in all, and of one address. */
  sockets: number;
  perAddress: number;
};

/** asciinema goes away for good at 1000 and 4000 to 4099; at any other code it connects again. */
export const streamCodes = {
  ended: 4000,
  takenOver: 4002,
  tooLarge: 4003,
  bandwidth: 4004,
  unreadable: 4005,
  unknown: 4040,
  noHeader: 4101,
  failure: 1011,
  restart: 1012,
} as const;
const NORMAL = 1000;

/** More waits in memory only while the storing side takes what is there. */
const ROOM = 1 << 20;
const LONGEST_REASON = 123;

type Message = { data: Buffer; isBinary: boolean };

/** One connection of a producer, from its header to its close. */
export class StreamConnection {
  readonly #socket: WebSocket;
  readonly #limits: StreamLimits;
  readonly #report: (error: unknown) => void;
  readonly #read: ReturnType<typeof streamReader>;
  readonly #session: StreamSession;
  readonly #since = performance.now();
  readonly #closed: Promise<number>;
  readonly #header: NodeJS.Timeout;
  #waiting: Message[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  #credit: { bytes: number; at: number };
  /** Why we closed; undefined while we have not. */
  #reason: string | undefined;
  /** Why we ended the session with the connection. */
  #endedFor: string | undefined;
  #isAlive = true;

  /** @param lastId what the stream's connection before this one saw last */
  constructor(
    socket: WebSocket,
    protocol: StreamProtocol | "",
    admission: StreamAdmission,
    {
      limits,
      lastId,
      report,
    }: { limits: StreamLimits; lastId: number | null; report: (error: unknown) => void },
  ) {
    this.#socket = socket;
    this.#limits = limits;
    this.#report = report;
    this.#read = streamReader(protocol);
    this.#session = new StreamSession(admission, limits, lastId, (reason) => this.#kill(reason));
    this.#credit = { bytes: limits.burst, at: this.#since };
    this.#closed = new Promise((resolve) => socket.once("close", resolve));
    this.#header = setTimeout(() => this.close(streamCodes.noHeader, "No header came"), limits.header);
    socket.on("pong", () => {
      this.#isAlive = true;
    });
    socket.on("message", (data, isBinary) => this.#take({ data: bytesOf(data), isBinary }));
  }

  /** The last event that came, of those with ids. */
  get lastId(): number | null {
    return this.#session.lastId;
  }

  /** Whether nobody will connect to go on with the stream. */
  get isOver(): boolean {
    return this.#session.hasEnded || this.#endedFor !== undefined;
  }

  /** Resolves when the connection is closed and its session is ended or lost. Never rejects. */
  async serve(): Promise<void> {
    const pings = setInterval(() => this.#ping(), this.#limits.ping);
    const code = await this.#closed;
    clearTimeout(this.#header);
    clearInterval(pings);
    await this.#working;
    try {
      await this.#conclude(code);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Closes from our side; what came before is still stored. */
  close(code: number, reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#socket.resume();
    this.#socket.close(code, shortened(reason));
  }

  /** Ends the connection and its session for good. */
  dismiss(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#endedFor = reason;
    this.close(streamCodes.ended, reason);
  }

  #take(message: Message): void {
    if (this.#reason !== undefined) return;
    if (!this.#pay(message.data.length)) {
      this.close(streamCodes.bandwidth, "The stream sends more than Daybook takes");
      return;
    }
    this.#waiting.push(message);
    this.#waitingBytes += message.data.length;
    if (this.#waitingBytes > ROOM) this.#socket.pause();
    this.#working ??= this.#work();
  }

  /** A bucket that empties with what comes and fills with time. */
  #pay(bytes: number): boolean {
    const now = performance.now();
    const earned = ((now - this.#credit.at) / 1000) * this.#limits.bytesPerSecond;
    const left = Math.min(this.#limits.burst, this.#credit.bytes + earned) - bytes;
    this.#credit = { bytes: left, at: now };
    return left >= 0;
  }

  async #work(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const messages = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        await this.#session.take(this.#parts(messages));
        if (this.#session.hasStarted) clearTimeout(this.#header);
        if (this.#socket.isPaused) this.#socket.resume();
      }
    } catch (error) {
      this.#waiting = [];
      this.#fail(error);
    }
    this.#working = undefined;
  }

  *#parts(messages: readonly Message[]): Generator<StreamPart> {
    const sinceUs = Math.round((performance.now() - this.#since) * 1000);
    for (const { data, isBinary } of messages) yield* this.#read(data, isBinary, sinceUs);
  }

  #fail(error: unknown): void {
    if (error instanceof TerminalTooLarge) this.close(streamCodes.tooLarge, error.message);
    else if (error instanceof StreamError) this.close(streamCodes.unreadable, error.message);
    else if (error instanceof SessionRefused) this.close(streamCodes.ended, error.message);
    else {
      this.#report(error);
      this.close(streamCodes.failure, "Daybook cannot store this stream; its log says why");
    }
  }

  async #kill(reason: string): Promise<void> {
    if (this.#reason !== undefined || this.#socket.readyState !== this.#socket.OPEN) {
      throw new Error("The producer is not connected");
    }
    this.#endedFor = "The stream was told to end";
    this.close(streamCodes.ended, reason);
    await this.#closed;
  }

  async #conclude(code: number): Promise<void> {
    if (code === NORMAL && this.#reason === undefined) this.#session.hasEnded = true;
    if (this.#session.hasEnded) await this.#session.end(null);
    else if (this.#endedFor !== undefined) await this.#session.end(this.#endedFor);
    else await this.#session.lost(this.#reason ?? `The producer went away (${code})`);
  }

  #ping(): void {
    // Nothing is read meanwhile, no pong either.
    if (this.#socket.isPaused || this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#isAlive) this.#socket.terminate();
    this.#isAlive = false;
    this.#socket.ping();
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** As much of a text as a close frame holds: 123 bytes. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_REASON) return text;
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_REASON)).replace(/\ufffd+$/, "");
}
