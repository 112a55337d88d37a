import "server-only";
import { EventEmitter } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { v5 as uuidv5 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import { openKillOf, type StoredKill } from "@/lib/kills/server/kills.ts";
import { reportKill, tellerOf } from "@/lib/kills/server/settle.ts";
import { log } from "@/lib/log.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { recordingLimits } from "../limits.ts";
import type {
  CommandFacts,
  LiveEvent,
  LiveSession,
  SessionEnd,
  SessionFacts,
  SubCommand,
} from "../live-session.ts";
import type { CommandsTold } from "./live-commands.ts";
import { finishFile } from "./live-file.ts";
import { type ConnectionEvent, commandDraft, eventDraft, recordedCommand, recordOf } from "./live-rows.ts";
import { LiveScreen } from "./live-screen.ts";
import { noRequest, tell } from "./tell.ts";
import { sessionsChanged } from "./under-way.ts";

/** What somebody who watches is told: an event, the whole screen anew, or that it is over. */
export type Watched =
  | { kind: "event"; event: LiveEvent }
  | { kind: "screen"; columns: number; rows: number; timeUs: number; elapsedUs: number; init: string }
  | ({ kind: "commands" } & CommandsTold)
  | { kind: "host"; is: "lost" | "back" }
  | { kind: "end" };

// The bundles of the server share only globalThis: sessions come in through one and are watched through another.
const store = globalThis as { [sessions]?: Map<string, StoredSession> };
const sessions: unique symbol = Symbol.for("daybook.live-sessions");

/** The sessions of this process that are under way, by the id of their recording. */
export const running = runningSessions();

function runningSessions(): Map<string, StoredSession> {
  store[sessions] ??= new Map();
  return store[sessions];
}

/** How long a session whose source is gone stays open for it to come back. */
export const lostMs = 10 * 60_000;

/** The session of a recording that is under way in this process. */
export function liveSession(recordingId: string): StoredSession | undefined {
  return running.get(recordingId);
}

type Names = { id: string; logId: string; columns: number; rows: number; headBytes: number };

/** A session under way: its events on disk as an asciicast, its screen in memory for those who begin to watch. */
export class StoredSession implements LiveSession {
  readonly #source: IngestSource;
  readonly #facts: SessionFacts;
  readonly #names: Names;
  readonly #file: FileHandle;
  readonly screen: LiveScreen;
  readonly #watchers = new EventEmitter().setMaxListeners(0);
  readonly startedAt: string;
  storedUs = -1;
  #bytes = 0;
  #storedAt = performance.now();
  #number = 0;
  #writing: Promise<void> = Promise.resolve();
  #onKill: ((reason: string) => Promise<void>) | undefined;
  #lost: NodeJS.Timeout | undefined;
  #isLost = false;
  /** How it ends as soon as its source is gone. */
  #ending: SessionEnd | undefined;
  /** The kill that the host on this connection was told of. */
  #told: string | undefined;
  /** The cause of its end, once the host was told. */
  #killCause: string | undefined;

  constructor(source: IngestSource, facts: SessionFacts, names: Names, file: FileHandle) {
    this.#source = source;
    this.#facts = facts;
    this.#names = names;
    this.#file = file;
    this.startedAt = facts.at;
    this.screen = new LiveScreen(names.id, names, names.headBytes);
    if (facts.kind === "sudo") this.screen.told(recordedCommand(facts, 0));
    this.screen.newCommands();
  }

  get logId(): string {
    return this.#names.logId;
  }

  /** Goes on behind what an earlier run stored. */
  async goOn(stored: AsyncIterable<{ event: LiveEvent; byte: number }>, bytes: number): Promise<void> {
    for await (const { event, byte } of stored) {
      this.screen.show(event, byte);
      this.storedUs = event[0];
    }
    this.screen.newCommands();
    this.#bytes = bytes;
    // Its events are told under other names than those of the earlier run.
    this.#number = Date.now();
  }

  /** Tells of the connection and of the command that it was opened for. */
  async begin(): Promise<void> {
    const { at, recordId, original, kind } = this.#facts;
    const draft = commandDraft(this.#source, this.#facts, this.#names.id, 0, null);
    // What runs in a stream is read off its terminal, when it is over.
    await this.#tell([
      ["open", this.#event("open", at)],
      ...(kind === "sudo" ? [[recordId, draft, original] as const] : []),
    ]);
  }

  async write(events: readonly LiveEvent[]): Promise<void> {
    const kept = events.filter(([timeUs]) => timeUs >= this.storedUs);
    if (kept.length === 0) return;
    const lines = kept.map(([timeUs, code, data]) => `${JSON.stringify([timeUs / 1e6, code, data])}\n`);
    const text = lines.join("");
    let byte = this.#names.headBytes + this.#bytes;
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > recordingLimits.bytes)
      throw new Error(`The recording is larger than ${recordingLimits.bytes} bytes`);
    const written = this.#writing.then(async () => {
      await this.#file.appendFile(text);
    });
    this.#writing = written;
    await written;
    this.#storedAt = performance.now();
    for (const [place, event] of kept.entries()) {
      this.storedUs = event[0];
      this.screen.show(event, byte);
      byte += Buffer.byteLength(lines[place] ?? "");
      this.#watchers.emit("watched", { kind: "event", event } satisfies Watched);
      this.#tellCommands();
    }
  }

  /** Microseconds from the session's start until now: from its last event on, this process counts them. */
  get elapsedUs(): number {
    return Math.max(0, this.storedUs) + Math.round((performance.now() - this.#storedAt) * 1000);
  }

  #tellCommands(): void {
    const told = this.screen.newCommands();
    if (told) this.#watchers.emit("watched", { kind: "commands", ...told } satisfies Watched);
  }

  async command(command: SubCommand): Promise<void> {
    await this.#tell([
      [
        command.recordId,
        commandDraft(this.#source, command, this.#names.id, command.timeUs, command.denied),
        command.original,
      ],
    ]);
    if (command.denied === null) {
      this.screen.told(recordedCommand(command, command.timeUs));
      this.#tellCommands();
      return;
    }
    const { organizationId } = this.#source;
    await pool().query("UPDATE recordings SET denied = true WHERE organization_id = $1 AND id = $2", [
      organizationId,
      this.#names.id,
    ]);
    sessionsChanged(organizationId);
  }

  async durable(): Promise<number> {
    const until = this.storedUs;
    await this.#writing;
    await this.#file.datasync();
    return until;
  }

  async end(end: SessionEnd): Promise<void> {
    if (!running.delete(this.#names.id)) return;
    clearTimeout(this.#lost);
    const isWhole = await this.#storeEnd(end);
    await this.screen.close();
    try {
      const cause = causeOf(end, this.#killCause);
      const said = isWhole ? cause : `${cause}; its last part could not be stored`;
      await this.#tell([["closed", this.#event("closed", end.at, said)]]);
      await this.#settleKill();
    } finally {
      this.#watchers.emit("watched", { kind: "end" } satisfies Watched);
      await finishFile(this.#source.organizationId, this.#names.id);
    }
  }

  /** It could not begin: what there is of it is stored as any other. */
  async abandon(): Promise<void> {
    running.delete(this.#names.id);
    await this.#file.close();
    await finishFile(this.#source.organizationId, this.#names.id);
  }

  /** Writes the last of it. @returns false when a full disk or a bound of size is in the way: it ends all the same */
  async #storeEnd(end: SessionEnd): Promise<boolean> {
    try {
      if (end.exitCode !== null) await this.write([[Math.max(this.storedUs, 0), "x", String(end.exitCode)]]);
      await this.durable();
      return true;
    } catch (error) {
      log().error(
        { err: error, recordingId: this.#names.id },
        "the last part of a session could not be stored",
      );
      return false;
    } finally {
      await this.#file.close();
    }
  }

  /** Its source has said in another way that it is over: it ends now when the source is gone, or else once it is. */
  async endOnceLost(end: SessionEnd): Promise<void> {
    this.#ending = end;
    if (this.#isLost) await this.end(end);
  }

  async lost(reason: string): Promise<void> {
    this.#onKill = undefined;
    await this.durable();
    this.#isLost = true;
    if (this.#ending) return await this.end(this.#ending);
    this.#watchers.emit("watched", { kind: "host", is: "lost" } satisfies Watched);
    await this.#tell([[`disconnected ${++this.#number}`, this.#event("disconnected", nowInstant(), reason)]]);
    this.#lost = setTimeout(() => {
      this.end({
        at: nowInstant(),
        exitCode: null,
        signal: null,
        dumpedCore: false,
        error: "the host did not come back",
      }).catch((error: unknown) =>
        log().error({ err: error, recordingId: this.#names.id }, "a lost session could not be ended"),
      );
    }, lostMs);
    this.#lost.unref();
  }

  /** The source is back. */
  async resumed(): Promise<void> {
    clearTimeout(this.#lost);
    this.#isLost = false;
    this.#ending = undefined;
    this.#watchers.emit("watched", { kind: "host", is: "back" } satisfies Watched);
    await this.#tell([[`connected ${++this.#number}`, this.#event("connected", nowInstant())]]);
  }

  onKill(listener: (reason: string) => Promise<void>): void {
    this.#onKill = listener;
    this.#told = undefined;
    this.#tellWhatWaits().catch((error: unknown) =>
      log().error({ err: error, recordingId: this.#names.id }, "a host could not be told to end its session"),
    );
  }

  /** A request for its end that was made while nobody could be told. */
  async #tellWhatWaits(): Promise<void> {
    const kill = await openKillOf(this.#source.organizationId, this.#connectionId);
    if (kill) await this.kill(kill);
  }

  /** The host has ended it, as it was told. */
  async #settleKill(): Promise<void> {
    if (this.#killCause === undefined) return;
    const kill = await openKillOf(this.#source.organizationId, this.#connectionId);
    if (kill) await reportKill(kill, "ended", tellerOf(this.#source));
  }

  get #connectionId(): string {
    return uuidv5(this.#names.id, this.#source.id);
  }

  /**
   * Asks the host to end the session, and resolves once it was told; at once when nobody is there to be told, who
   * will be when the host comes back.
   * @throws what the receiver says when the host cannot be told
   */
  async kill(kill: StoredKill): Promise<void> {
    if (!this.#onKill || this.#told === kill.id) return;
    this.#told = kill.id;
    const before = this.#killCause;
    this.#killCause = kill.cause;
    try {
      await this.#onKill(`This session was ended by ${kill.requestedBy}: ${kill.reason}`);
    } catch (error) {
      this.#killCause = before;
      this.#told = undefined;
      throw error;
    }
    await reportKill(kill, "acknowledged", tellerOf(this.#source));
  }

  /** Calls `listener` with the screen as it is and then with all that follows. @returns stops it */
  watch(listener: (watched: Watched) => void): () => void {
    const { elapsedUs } = this;
    listener({ kind: "screen", timeUs: Math.max(this.storedUs, 0), elapsedUs, ...this.screen.now() });
    listener({ kind: "commands", ...this.screen.commands });
    if (this.#isLost) listener({ kind: "host", is: "lost" });
    this.#watchers.on("watched", listener);
    return () => this.#watchers.off("watched", listener);
  }

  #event(event: ConnectionEvent, time: string, cause?: string): RowDraft {
    return eventDraft(this.#source, this.#facts, this.#names.id, event, time, cause);
  }

  async #tell(
    told: readonly (readonly [name: string, draft: RowDraft, original?: CommandFacts["original"]])[],
  ): Promise<void> {
    const records = told.map(([name, draft, original]) =>
      recordOf(this.#source, `${this.#names.id} ${name}`, draft, original),
    );
    await tell(this.#source, records, noRequest());
  }
}

function causeOf({ error, signal, exitCode }: SessionEnd, killCause: string | undefined): string {
  if (killCause !== undefined) return killCause;
  if (error !== null) return error;
  if (signal !== null) return `ended by signal ${signal}`;
  return exitCode === null ? "ended" : `ended with exit code ${exitCode}`;
}
