import "server-only";
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import type { connectionKinds } from "@/lib/ingest/enumerations.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import { readSourceById } from "@/lib/ingest/server/sources.ts";
import type { Poster } from "@/lib/ingest/server/store.ts";
import { log } from "@/lib/log.ts";
import { storable } from "@/lib/record/text.ts";
import type { ConversionOutcome, ConversionSummary } from "../convert.ts";
import { instantOfMicros } from "../session.ts";
import { blobKey } from "./blob-key.ts";
import { StoreUnavailable } from "./blob-store.ts";
import { blobs, stagingFolder } from "./blobs.ts";
import { ContentFault, checkedBytes } from "./content-fault.ts";
import { keepMade } from "./keep-made.ts";
import { ownConnectionId } from "./own-connection.ts";
import { noRequest, recordOfRow, tell } from "./tell.ts";
import { sessionsChanged } from "./under-way.ts";

/** Bytes of memory and milliseconds that one recording may take to be worked out. */
const mostMegabytes = 1024;
const mostMs = 15 * 60_000;
/** How long the store may rest before it is asked again. */
const againMs = 30_000;

type Job = { organizationId: string; id: string; poster: Poster };

const waiting: Job[] = [];
let working = false;

/** Works out what a recording shows, behind the recordings that came before it. */
export function workOut(job: Job): void {
  waiting.push(job);
  if (!working) void work();
}

/** Recordings that an earlier run did not work out. Called once at start. */
export async function resumeWork(): Promise<void> {
  const found = await pool().query<{ organizationId: string; id: string }>(
    `SELECT organization_id AS "organizationId", id FROM recordings WHERE state = 'processing' ORDER BY received_at`,
  );
  for (const row of found.rows) workOut({ ...row, poster: noRequest() });
}

async function work(): Promise<void> {
  working = true;
  for (let job = waiting.shift(); job; job = waiting.shift()) await attempt(job);
  working = false;
}

async function attempt(job: Job): Promise<void> {
  try {
    await workOutOne(job);
  } catch (error) {
    const isAway = error instanceof StoreUnavailable;
    log().error(
      { err: error, recordingId: job.id },
      `a recording could not be worked out; it is tried again ${isAway ? "soon" : "at the next start"}`,
    );
    if (isAway) setTimeout(() => workOut(job), againMs).unref();
  }
}

type Row = {
  /** Its connection and commands were told while it was under way. */
  live: boolean;
  connectionId: string;
  kind: (typeof connectionKinds)[number];
  sourceId: string;
  user: string;
  target: string;
  targetUser: string | null;
  space: string | null;
  title: string | null;
  startedAt: string;
  sha256: string;
};

async function workOutOne({ organizationId, id, poster }: Job): Promise<void> {
  const found = await pool().query<Row>(
    `SELECT source_id AS "sourceId", user_name AS "user", target, target_user AS "targetUser", space, title,
       live_key IS NOT NULL AS live, connection_id AS "connectionId", kind,
       to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt", encode(sha256, 'hex') AS sha256
     FROM recordings WHERE organization_id = $1 AND id = $2 AND state = 'processing' AND deleted_at IS NULL`,
    [organizationId, id],
  );
  const [row] = found.rows;
  if (!row) return;
  const folder = await stagingFolder(uuidv7());
  try {
    const original = path.join(folder, "original");
    const outcome = (await fetchOriginal({ organizationId, id }, row.sha256, original))
      ? await convertApart(original, folder)
      : { fault: "recording: the stored bytes are not those that were received" };
    if ("fault" in outcome) {
      await pool().query(
        "UPDATE recordings SET state = 'failed', fault = $3 WHERE organization_id = $1 AND id = $2",
        [organizationId, id, outcome.fault],
      );
      return;
    }
    // The head of an asciicast has whole seconds; what a session under way told is exact.
    const startedAt = row.live ? row.startedAt : (outcome.summary.info.startedAt ?? row.startedAt);
    if (!(await keepMade({ organizationId, id }, startedAt, folder, outcome.summary))) return;
    await writeRows(organizationId, id, { ...row, startedAt }, outcome.summary, poster);
  } finally {
    sessionsChanged(organizationId);
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns whether it is what was received */
async function fetchOriginal(
  { organizationId, id }: Omit<Job, "poster">,
  sha256: string,
  file: string,
): Promise<boolean> {
  const stored = await blobs().stream(blobKey(organizationId, id, "original"));
  try {
    await pipeline(stored, checkedBytes(sha256), createWriteStream(file));
    return true;
  } catch (error) {
    if (error instanceof ContentFault) return false;
    throw error;
  }
}

/** Runs bin/convert-recording.ts. @throws Error when it ended without an answer that is one */
async function convertApart(input: string, folder: string): Promise<ConversionOutcome> {
  const made = path.join(folder, "made");
  await mkdir(made);
  const flags = [`--max-old-space-size=${mostMegabytes}`, "--import", "tsx", "--conditions=react-server"];
  const child = spawn(process.execPath, [...flags, "bin/convert-recording.ts", input, made], {
    // Nothing of the server's secrets is there to be found.
    env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env["PATH"], HOME: process.env["HOME"] },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), mostMs);
  return await new Promise<ConversionOutcome>((resolve, reject) => {
    let outcome: ConversionOutcome | undefined;
    child.on("message", (message) => {
      outcome = message as ConversionOutcome;
    });
    child.on("error", reject);
    // Not "exit": the answer may still be on its way then.
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (outcome) resolve(outcome);
      // Out of memory or time is the recording's fault: it is kept as it came, and stays downloadable.
      else if (signal === "SIGKILL" || signal === "SIGABRT" || code === 134)
        resolve({ fault: "recording: takes more time or memory to play than is allowed" });
      else reject(new Error(`The conversion ended with ${signal ?? code}: ${complaint}`));
    });
  });
}

type Told = { closed: boolean; commands: number };

/** What the record says of a session that was told of while it was under way. */
async function toldOf(organizationId: string, connectionId: string): Promise<Told> {
  const found = await pool().query<Told>(
    `SELECT EXISTS (SELECT FROM connection_events WHERE organization_id = $1 AND connection_id = $2 AND event = 'closed') AS closed,
       (SELECT count(*)::int FROM commands WHERE organization_id = $1 AND connection_id = $2) AS commands`,
    [organizationId, connectionId],
  );
  return found.rows[0] ?? { closed: false, commands: 0 };
}

/** The connection's events and the commands, as records of the source; then the recording is ready. */
async function writeRows(
  organizationId: string,
  id: string,
  row: Row,
  summary: ConversionSummary,
  poster: Poster,
): Promise<void> {
  const source = await readSourceById(organizationId, row.sourceId);
  if (!source) throw new Error("The source of the recording was stopped");
  const { info, screen } = summary;
  const told = row.live ? await toldOf(organizationId, row.connectionId) : undefined;
  // Of a connection that was there already, others tell when it began and ended.
  const joins = !row.live && row.connectionId !== ownConnectionId(row.sourceId, id);
  // A source that tells of more than the first command knows them all: nothing is inferred beside it.
  const commands = told && told.commands > 1 ? [] : summary.commands;
  const targetUser = row.targetUser ?? info.targetUser ?? info.user;
  const space = row.space ?? source.settings["space"];
  const who = {
    user: row.user,
    target: row.target,
    connectionRef: id,
    ...(targetUser && { targetUser }),
    ...(space && { space }),
  };
  const at = clockFrom(row.startedAt);
  const event = (timeUs: number, name: "open" | "closed", cause?: string): RowDraft => ({
    log: "connection-events",
    row: {
      ...who,
      time: at(timeUs),
      event: name,
      outcome: "allowed",
      kind: row.kind,
      ...(cause && { cause }),
    },
  });
  const rows: [name: string, draft: RowDraft][] = [
    ...(told || joins ? [] : [["open", event(0, "open")] satisfies [string, RowDraft]]),
    ...commands.map(({ timeUs, command, exitCode, origin }, place): [string, RowDraft] => {
      const offsetMs = Math.floor(timeUs / 1000);
      const code = exitCode === undefined ? {} : { exitCode };
      const said = { command: storable(command), outcome: "accepted", origin, offsetMs, ...code } as const;
      return [`command ${place + 1}`, { log: "commands", row: { ...who, time: at(timeUs), ...said } }];
    }),
    ...(told?.closed || joins
      ? []
      : [
          [
            "closed",
            event(screen.durationUs, "closed", told ? "Daybook was stopped" : "the recording ended"),
          ] satisfies [string, RowDraft],
        ]),
  ];
  const facts = { recording: id, sha256: row.sha256, format: info.format };
  const records = rows.map(([name, draft]) => {
    const raw = Buffer.from(JSON.stringify({ ...facts, ...draft.row }));
    return { ...recordOfRow(`${id} ${name}`, raw, draft), connectionId: row.connectionId };
  });
  if (records.length > 0) await tell(source, records, poster);
  await pool().query(
    `UPDATE recordings SET state = 'ready', duration_us = $3, target_user = coalesce(target_user, $4),
       format = $5, title = coalesce(title, $6), command = coalesce(command, $7), columns = $8, rows = $9, findings = $10,
       commands = $11, segments = $12
     WHERE organization_id = $1 AND id = $2`,
    [
      organizationId,
      id,
      screen.durationUs,
      targetUser ?? null,
      info.format,
      info.title ?? null,
      info.command ?? null,
      info.columns,
      info.rows,
      JSON.stringify(summary.findings),
      told && told.commands > 1 ? told.commands : commands.length,
      summary.segmentStartsUs.length,
    ],
  );
}

/** @returns the UTC text of a moment so many microseconds after the start */
function clockFrom(startedAt: string): (offsetUs: number) => string {
  const micros =
    Date.parse(`${startedAt.slice(0, 19)}Z`) * 1000 + Number(startedAt.slice(20, -1).padEnd(6, "0"));
  return (offsetUs) => instantOfMicros(micros + offsetUs) ?? startedAt;
}
