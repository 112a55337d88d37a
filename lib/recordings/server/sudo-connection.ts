import "server-only";
import type { Socket } from "node:net";
import { type LiveSessions, SessionRefused } from "@/lib/recordings/live-session.ts";
import { chunksOf } from "@/lib/recordings/server/socket-chunks.ts";
import { FrameReader } from "@/lib/recordings/sudo/frames.ts";
import { type ServerMessage, writeServerMessage } from "@/lib/recordings/sudo/messages.ts";
import { SudoProtocolError } from "@/lib/recordings/sudo/protocol-error.ts";
import { SudoReceiver } from "@/lib/recordings/sudo/receiver.ts";

/** In milliseconds. A session itself may be silent for as long as its shell stays open. */
export type SudoTimes = {
  /** Until the first command. */
  start: number;
  /** For one message, from its first byte to its last. */
  message: number;
  /** From an abort to the end of the command. */
  abort: number;
  /** Between commit points. */
  commit: number;
  /** For the client to read an error before the connection goes. */
  farewell: number;
};

export const usualSudoTimes: SudoTimes = {
  start: 30_000,
  message: 60_000,
  abort: 10_000,
  commit: 1000,
  farewell: 2000,
};

const SERVER_ID = "Daybook";

/**
 * Serves one client of sudo's log protocol until it has said all, breaks a rule, or is lost. Nothing more is read
 * from the socket while the storing side has no room.
 *
 * @param times see {@link SudoTimes}
 * @param report told of failures on our side; the client learns only that there was one
 */
export class SudoConnection {
  readonly #socket: Socket;
  readonly #times: SudoTimes;
  readonly #report: (error: unknown) => void;
  readonly #receiver: SudoReceiver;
  readonly #frames = new FrameReader();
  readonly #timers = new Map<"start" | "message" | "abort", NodeJS.Timeout>();
  #failure: { error: unknown } | undefined;
  #isCommitting = false;
  /** When the message that has begun must have ended. */
  #messageEnd: number | undefined;

  constructor(socket: Socket, sessions: LiveSessions, times: SudoTimes, report: (error: unknown) => void) {
    this.#socket = socket;
    this.#times = times;
    this.#report = report;
    this.#receiver = new SudoReceiver(sessions, {
      send: (message) => this.#send(message),
      abort: (text) => this.#abort(text),
    });
  }

  /** Resolves when the connection is over and its session is ended or lost. Never rejects. */
  async serve(): Promise<void> {
    const commits = setInterval(() => void this.#commit(), this.#times.commit);
    try {
      this.#send({ hello: { serverId: SERVER_ID, subcommands: true } });
      this.#limit("start", new SudoProtocolError("no command came"));
      for await (const chunk of chunksOf(this.#socket)) {
        await this.#take(chunk);
        if (this.#receiver.isFinished || this.#failure) break;
      }
    } catch (error) {
      this.fail(new ConnectionLost(`The connection was lost: ${messageOf(error)}`));
    } finally {
      clearInterval(commits);
      for (const timer of this.#timers.values()) clearTimeout(timer);
    }
    await this.#conclude();
  }

  /** Sends the reason and closes. The client's command ends with it, unless its sudoers says otherwise. */
  fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    if (!(error instanceof ConnectionLost)) this.#part({ error: reasonOf(error) });
  }

  /** The last commit point, then the end: for the end of the server. */
  async shutDown(): Promise<void> {
    await this.#commit();
    this.fail(new SessionRefused("Daybook is shutting down"));
  }

  async #take(chunk: Buffer): Promise<void> {
    const { finished } = this.#frames;
    // Time that the storing side takes is not the client's.
    this.#unlimit("message");
    try {
      await this.#receiver.receive(this.#frames.push(chunk));
    } catch (error) {
      this.fail(error);
    }
    if (this.#receiver.isRunning) this.#unlimit("start");
    if (!this.#frames.isWithinFrame) this.#messageEnd = undefined;
    else {
      if (this.#frames.finished > finished) this.#messageEnd = undefined;
      this.#messageEnd ??= performance.now() + this.#times.message;
      const left = Math.max(0, this.#messageEnd - performance.now());
      this.#limit("message", new SudoProtocolError("a message took too long"), left);
    }
  }

  async #commit(): Promise<void> {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    try {
      await this.#receiver.commit();
    } catch (error) {
      this.fail(error);
    }
    this.#isCommitting = false;
  }

  async #conclude(): Promise<void> {
    const error = this.#failure?.error ?? new ConnectionLost("The connection was closed within the session");
    if (!isExpected(error)) this.#report(error);
    try {
      await this.#receiver.lost(reasonOf(error));
    } catch (failure) {
      this.#report(failure);
    }
    if (!this.#socket.destroyed) this.#part();
  }

  #limit(name: "start" | "message" | "abort", error: Error, milliseconds = this.#times[name]): void {
    this.#unlimit(name);
    this.#timers.set(
      name,
      setTimeout(() => this.fail(error), milliseconds),
    );
  }

  #unlimit(name: "start" | "message" | "abort"): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  /** What does not arrive is no failure: that the connection is lost shows where it is read. */
  #send(message: ServerMessage): void {
    if (this.#socket.writable) this.#socket.write(writeServerMessage(message));
  }

  #abort(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(writeServerMessage({ abort: text }), (error) => {
        if (error) {
          reject(new ConnectionLost(`The connection was lost: ${error.message}`));
          return;
        }
        this.#limit("abort", new SudoProtocolError("the command did not end after its abort"));
        resolve();
      });
    });
  }

  /** Ends our side, and the whole connection once the client has had time to read. */
  #part(message?: ServerMessage): void {
    const farewell = setTimeout(() => this.#socket.destroy(), this.#times.farewell);
    this.#socket.once("close", () => clearTimeout(farewell));
    this.#socket.on("error", () => this.#socket.destroy());
    if (message) this.#socket.write(writeServerMessage(message));
    this.#socket.end();
    this.#socket.resume();
  }
}

/** The client has gone; nobody is left to tell. */
class ConnectionLost extends Error {}

function isExpected(error: unknown): error is Error {
  return [SudoProtocolError, SessionRefused, ConnectionLost].some((type) => error instanceof type);
}

function reasonOf(error: unknown): string {
  return isExpected(error) ? error.message : "Daybook cannot store this session; its log says why";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
