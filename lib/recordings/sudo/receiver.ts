import { microsBetween } from "@/lib/ingest/rfc3339.ts";
import type { LiveEvent, LiveSession, LiveSessions } from "@/lib/recordings/live-session.ts";
import { terminalSize } from "@/lib/recordings/size.ts";
import { commandFacts, instantFrom, type SudoEvent, timeSpecFrom } from "@/lib/recordings/sudo/facts.ts";
import {
  type ClientMessage,
  readClientMessage,
  type ServerMessage,
  type TimeSpec,
} from "@/lib/recordings/sudo/messages.ts";
import { SudoProtocolError } from "@/lib/recordings/sudo/protocol-error.ts";
import { isTimed, Screen, type TimedMessage } from "@/lib/recordings/sudo/screen.ts";
import { Timeline } from "@/lib/recordings/sudo/timeline.ts";

type Body<T extends ClientMessage["type"]> = Extract<ClientMessage, { type: T }>["body"];
type Running = { session: LiveSession; timeline: Timeline; isRecorded: boolean; start: TimeSpec };

/** How the receiver answers. */
export type SudoAnswers = {
  send(message: Exclude<ServerMessage, { abort: string }>): void;
  /** Resolves once sudo has been told to end the command, rejects when it cannot be. */
  abort(text: string): Promise<void>;
};

/**
 * One connection of sudo's log protocol: what its messages mean, in which order they may come, and what is stored
 * of them. The caller cuts the bytes into frames, calls {@link SudoReceiver.commit} now and then, and watches the
 * clock.
 */
export class SudoReceiver {
  readonly #sessions: LiveSessions;
  readonly #answers: SudoAnswers;
  readonly #screen = new Screen();
  #running: Running | undefined;
  #events: LiveEvent[] = [];
  #isFinished = false;
  /** Whether sudo has been told to end the command. */
  #isTold = false;

  constructor(sessions: LiveSessions, answers: SudoAnswers) {
    this.#sessions = sessions;
    this.#answers = answers;
  }

  /** Whether a session has begun. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether all is said; what comes after is not read. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /**
   * Takes the messages in order; resolves when there is room for more.
   * @throws {SudoProtocolError} for the client to read
   * @throws {SessionRefused} by the storing side, for the client to read
   */
  async receive(frames: Iterable<Uint8Array>): Promise<void> {
    for (const frame of frames) {
      if (this.#isFinished) return;
      await this.#handle(readClientMessage(frame));
    }
    await this.#flush();
  }

  /** Tells the client up to where everything is on disk, when that is further than before. */
  async commit(): Promise<void> {
    const running = this.#running;
    if (!running?.timeline.hasUncommitted) return;
    const point = running.timeline.commit(await running.session.durable());
    if (point && !this.#isFinished) this.#answers.send({ commitPoint: point });
  }

  /** The connection is gone. A session that has not ended may be resumed; one that was told to end is over. */
  async lost(reason: string): Promise<void> {
    const running = this.#running;
    if (!running || this.#isFinished) return;
    this.#isFinished = true;
    if (this.#isTold) this.#showRest(running);
    await this.#flush();
    if (!this.#isTold) {
      await running.session.lost(reason);
      return;
    }
    const at = new Date().toISOString().replace("Z", "000Z");
    await running.session.end({ ...unknownEnd, at });
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (isTimed(message)) return this.#timed(message);
    await this.#flush();
    switch (message.type) {
      case "helloMsg":
        if (this.#running) throw unexpected(message.type, "within a session");
        return;
      case "acceptMsg": {
        const event = { type: message.type, time: message.body.submitTime, infoMsgs: message.body.infoMsgs };
        return this.#running ? this.#command(this.#running, event, null) : this.#open(event, message.body);
      }
      case "rejectMsg": {
        const { submitTime: time, infoMsgs, reason } = message.body;
        const event = { type: message.type, time, infoMsgs };
        if (this.#running) return this.#command(this.#running, event, reason);
        return this.#report(event, "refused", reason);
      }
      case "alertMsg": {
        const { alertTime: time, infoMsgs, reason } = message.body;
        return this.#report({ type: message.type, time, infoMsgs }, "alert", reason);
      }
      case "restartMsg":
        return this.#resume(message.body);
      case "exitMsg":
        return this.#exit(message.body);
    }
  }

  async #open(event: SudoEvent, { expectIobufs: isRecorded }: Body<"acceptMsg">): Promise<void> {
    const { facts, columns, rows } = commandFacts(event);
    const session = await this.#sessions.open({
      ...facts,
      ...terminalSize(columns, rows),
      kind: "sudo",
      title: null,
      isRecorded,
      killEnds: "command",
    });
    this.#run({ session, timeline: new Timeline(), isRecorded, start: event.time });
    if (isRecorded) this.#answers.send({ logId: session.logId });
  }

  async #resume({ logId, resumePoint }: Body<"restartMsg">): Promise<void> {
    if (this.#running) throw unexpected("restartMsg", "within a session");
    const timeline = new Timeline(resumePoint);
    const session = await this.#sessions.resume(logId, timeline.elapsedUs);
    if (session === null) throw new SudoProtocolError("restartMsg.logId: no open session has this id");
    this.#run({ session, timeline, isRecorded: true, start: timeSpecFrom(session.startedAt) });
  }

  #run(running: Running): void {
    this.#running = running;
    running.session.onKill(async (reason) => {
      if (this.#isFinished) throw new Error("The session has ended");
      await this.#answers.abort(printable(reason));
      this.#isTold = true;
    });
  }

  async #command(
    { session, start, timeline }: Running,
    event: SudoEvent,
    denied: string | null,
  ): Promise<void> {
    const { facts } = commandFacts(event, denied === null ? "" : `/refused/${denied}`);
    const sinceStart = microsBetween(instantFrom(start), facts.at);
    // A clock that was set back says nothing of the place; the last buffer's time does.
    const timeUs = sinceStart < 0 ? timeline.elapsedUs : sinceStart;
    await session.command({ ...facts, timeUs, denied });
  }

  async #report(event: SudoEvent, what: "refused" | "alert", reason: string): Promise<void> {
    // sudo may refuse a command twice, for want of a password and then for good.
    const { facts } = commandFacts(event, `/${what}/${reason}`);
    await this.#sessions.report({ ...facts, what, reason });
    this.#isFinished = what === "refused";
  }

  #timed(message: TimedMessage): void {
    const running = this.#running;
    if (!running?.isRecorded) throw unexpected(message.type, "without a session that is recorded");
    running.timeline.advance(message.body.delay);
    this.#show(running, this.#screen.show(message));
    if (!this.#screen.isPending) running.timeline.mark();
  }

  async #exit({ runTime, exitValue, dumpedCore, signal, error }: Body<"exitMsg">): Promise<void> {
    const running = this.#running;
    if (!running) throw unexpected("exitMsg", "without a session");
    const { session, timeline, isRecorded, start } = running;
    this.#showRest(running);
    await this.#flush();
    this.#isFinished = true;
    await session.end({
      at: later(start, runTime ?? timeline.elapsed),
      exitCode: error === "" ? exitValue : null,
      signal: signal === "" ? null : signal,
      dumpedCore,
      error: error === "" ? null : error,
    });
    // After an abort sudo reads nothing right any more; the end of the connection tells it as much.
    if (isRecorded && !this.#isTold) this.#answers.send({ commitPoint: timeline.elapsed });
  }

  #showRest(running: Running): void {
    for (const shown of this.#screen.end()) this.#show(running, shown);
  }

  #show({ session, timeline }: Running, shown: ReturnType<Screen["show"]>): void {
    if (shown === undefined) return;
    const timeUs = timeline.stamp();
    // A resumed client sends again what came after its last commit point and is stored already.
    if (timeUs > session.storedUs) this.#events.push([timeUs, shown.code, shown.data]);
  }

  async #flush(): Promise<void> {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    await this.#running?.session.write(events);
  }
}

const unknownEnd = {
  exitCode: null,
  signal: null,
  dumpedCore: false,
  error: "The host was told to end the command and closed the connection without saying how it ended",
} as const;
const LONGEST_ABORT = 500;

/** sudo prints the text on the person's terminal as it comes. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").slice(0, LONGEST_ABORT);
}

function unexpected(type: string, when: string): SudoProtocolError {
  return new SudoProtocolError(`${type} ${when}`);
}

function later(start: TimeSpec, by: TimeSpec): string {
  const nanoseconds = start.tvNsec + by.tvNsec;
  const carried = Math.floor(nanoseconds / 1_000_000_000);
  return instantFrom({ tvSec: start.tvSec + by.tvSec + carried, tvNsec: nanoseconds % 1_000_000_000 });
}
