import "server-only";
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { v5 as uuidv5, v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import { contextOf, type IngestSource, type PreparedRecord } from "@/lib/ingest/server/prepare.ts";
import { inSpace } from "@/lib/ingest/space-setting.ts";
import { openKillOf, type StoredKill } from "@/lib/kills/server/kills.ts";
import { reportKill, tellerOf } from "@/lib/kills/server/settle.ts";
import { log } from "@/lib/log.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { redactSudoEvent } from "@/lib/record/redact.ts";
import { storable } from "@/lib/record/text.ts";
import { asciicastV2Text } from "../asciicast.ts";
import type { RecordedCommand } from "../commands.ts";
import { recordingLimits } from "../limits.ts";
import type {
  CommandFacts,
  Incident,
  LiveEvent,
  LiveSession,
  LiveSessions,
  SessionEnd,
  SessionFacts,
  SubCommand,
} from "../live-session.ts";
import { findLeftSession, readLiveFile, reopenLiveFile } from "./left-session.ts";
import type { CommandsTold } from "./live-commands.ts";
import { finishFile, liveFile } from "./live-file.ts";
import { screensFile } from "./live-history.ts";
import { LiveScreen } from "./live-screen.ts";
import { noRequest, recordOfRow, tell } from "./tell.ts";
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
const running = runningSessions();

function runningSessions(): Map<string, StoredSession> {
  store[sessions] ??= new Map();
  return store[sessions];
}

/** How long a session whose source is gone stays open for it to come back. */
const lostMs = 10 * 60_000;

/** Stores the sessions of one source while they are under way. */
export function liveSessionsOf(source: IngestSource): LiveSessions {
  return {
    open: (facts) => openSession(source, facts),
    resume: async (logId) => {
      const found = await pool().query<{ id: string }>(
        "SELECT id FROM recordings WHERE live_key = $1 AND source_id = $2 AND state = 'live'",
        [logId, source.id],
      );
      const [row] = found.rows;
      const session = row && (running.get(row.id) ?? (await takeUp(source, row.id)));
      if (!session) return null;
      await session.resumed();
      return session;
    },
    report: (incident) => reportIncident(source, incident),
  };
}

/** The session of a recording that is under way in this process. */
export function liveSession(recordingId: string): StoredSession | undefined {
  return running.get(recordingId);
}

/**
 * Ends the sessions that an earlier run of the server had under way, unless their hosts come back in time. Called
 * once at start.
 */
export async function awaitLeftSessions(): Promise<void> {
  const found = await pool().query<{ organizationId: string; id: string }>(
    `SELECT organization_id AS "organizationId", id FROM recordings WHERE state = 'live'`,
  );
  if (found.rows.length === 0) return;
  for (const { id } of found.rows) if (!running.has(id)) left.add(id);
  setTimeout(() => void endLeftSessions(found.rows), lostMs).unref();
}

/** Sessions of the earlier run whose hosts may still come back. */
const left = new Set<string>();

/** Never rejects. */
async function endLeftSessions(rows: readonly { organizationId: string; id: string }[]): Promise<void> {
  for (const { organizationId, id } of rows) {
    if (!left.delete(id)) continue;
    await rm(screensFile(liveFile(id)), { force: true })
      .then(() => finishFile(organizationId, id))
      .catch((error: unknown) => {
        log().error({ err: error, recordingId: id }, "a session that was under way could not be ended");
      });
  }
}

/** Sessions that are being taken up, so that nobody takes one up twice. */
const takenUp = new Map<string, Promise<StoredSession | undefined>>();

/** A session of an earlier run goes on from what is on disk. */
function takeUp(source: IngestSource, id: string): Promise<StoredSession | undefined> {
  const known = takenUp.get(id);
  if (known) return known;
  // One that is just ending, or was ended for want of its host, does not begin again.
  if (!left.delete(id)) return Promise.resolve(undefined);
  const taking = readLeft(source, id).finally(() => takenUp.delete(id));
  takenUp.set(id, taking);
  return taking;
}

async function readLeft(source: IngestSource, id: string): Promise<StoredSession | undefined> {
  const known = await findLeftSession(source.organizationId, id);
  if (!known) return undefined;
  const opened = await reopenLiveFile(id);
  if (!opened) return undefined;
  const { file, bytes, headBytes } = opened;
  await rm(screensFile(liveFile(id)), { force: true });
  const session = new StoredSession(source, known.facts, { ...known.names, headBytes }, file);
  await session.goOn(readLiveFile(id), bytes - headBytes);
  running.set(id, session);
  return session;
}

async function openSession(source: IngestSource, facts: SessionFacts): Promise<LiveSession> {
  const id = uuidv7();
  const logId = `${id}-${randomBytes(18).toString("base64url")}`;
  const connectionId = uuidv5(id, source.id);
  const { at, user, target, targetUser, title, kind, killEnds } = facts;
  const columns = clamp(facts.columns, recordingLimits.columns, recordingLimits.defaultColumns);
  const rows = clamp(facts.rows, recordingLimits.rows, recordingLimits.defaultRows);
  await mkdir(path.dirname(liveFile(id)), { recursive: true, mode: 0o700 });
  const file = await open(liveFile(id), "wx", 0o600);
  const info = {
    format: kind,
    columns,
    rows,
    startedAt: at,
    ...(title !== null && { title }),
    ...(facts.command !== null && { command: facts.command }),
  };
  // Two sessions may begin alike and show nothing; the same bytes would be one recording.
  const [head = ""] = asciicastV2Text({ info, events: [] });
  const { bytesWritten: headBytes } = await file.write(`${head.trimEnd().slice(0, -1)},"session":"${id}"}\n`);
  await file.datasync();
  await pool().query(
    `INSERT INTO recordings (organization_id, id, connection_id, source_id, started_at, user_name, target, target_user,
       space, kind, format, title, command, columns, rows, bytes, state, live_key, kill_ends)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 'live', $16, $17)`,
    [
      source.organizationId,
      id,
      connectionId,
      source.id,
      at,
      user ?? "unknown",
      target ?? source.name,
      targetUser,
      source.settings["space"] ?? null,
      kindOf(kind),
      kind,
      title,
      facts.command && storable(facts.command),
      columns,
      rows,
      logId,
      killEnds,
    ],
  );
  const session = new StoredSession(source, facts, { id, logId, columns, rows, headBytes }, file);
  running.set(id, session);
  try {
    await session.begin();
    sessionsChanged(source.organizationId);
  } catch (error) {
    await session.abandon();
    throw error;
  }
  return session;
}

function kindOf(kind: SessionFacts["kind"]): "sudo" | "ssh" {
  return kind === "sudo" ? "sudo" : "ssh";
}

function clamp(value: number, most: number, otherwise: number): number {
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : otherwise;
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

  #event(event: "open" | "closed" | "connected" | "disconnected", time: string, cause?: string): RowDraft {
    const { user, target, targetUser, kind, clientAddress } = this.#facts;
    return {
      log: "connection-events",
      row: {
        time,
        user: user ?? "unknown",
        connectionRef: this.#names.id,
        event,
        outcome: "allowed",
        target: target ?? this.#source.name,
        kind: kindOf(kind),
        ...(targetUser !== null && { targetUser }),
        ...(clientAddress !== undefined && { clientAddress }),
        ...(cause !== undefined && { cause }),
      },
    };
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

function recordedCommand({ command, argv }: CommandFacts, timeUs: number): RecordedCommand {
  return { timeUs, command: storable(wordsOf(command, argv)), origin: "reported" };
}

function commandDraft(
  source: IngestSource,
  facts: CommandFacts,
  ref: string | undefined,
  timeUs: number,
  denied: string | null,
): RowDraft {
  const { at, user, target, targetUser, command, argv, cwd } = facts;
  return {
    log: "commands",
    row: {
      time: at,
      user: user ?? "unknown",
      target: target ?? source.name,
      command: storable(wordsOf(command, argv)),
      outcome: denied === null ? "accepted" : "rejected",
      origin: "reported",
      ...(ref !== undefined && { connectionRef: ref, offsetMs: Math.floor(timeUs / 1000) }),
      ...(targetUser !== null && { targetUser }),
      ...(cwd !== null && { workingDirectory: cwd }),
      ...(denied !== null && { reason: denied }),
    },
  };
}

/** The program's path with its arguments, as sudo's own log prints them. */
function wordsOf(command: string | null, argv: readonly string[] | null): string {
  if (argv === null || argv.length === 0) return command ?? "";
  const [, ...rest] = argv;
  return [command ?? argv[0] ?? "", ...rest].join(" ");
}

async function reportIncident(source: IngestSource, incident: Incident): Promise<void> {
  const { recordId, reason, what, original } = incident;
  const draft = commandDraft(source, incident, undefined, 0, what === "alert" ? `alert: ${reason}` : reason);
  await tell(source, [recordOf(source, recordId, draft, original)], noRequest());
}

function recordOf(
  source: IngestSource,
  id: string,
  draft: RowDraft,
  original?: CommandFacts["original"],
): PreparedRecord {
  const raw = original
    ? redactSudoEvent(Buffer.from(JSON.stringify(original)), contextOf(source, nowInstant()))
    : Buffer.from(JSON.stringify(draft.row));
  return recordOfRow(storable(id).slice(0, 500), raw, inSpace(draft, source.settings["space"]));
}
