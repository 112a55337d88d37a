import "server-only";
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import type { Poster } from "@/lib/ingest/server/store.ts";
import { log } from "@/lib/log.ts";
import type { ConversionOutcome } from "../convert.ts";
import { blobKey } from "./blob-key.ts";
import { StoreUnavailable } from "./blob-store.ts";
import { blobs, stagingFolder } from "./blobs.ts";
import { ContentFault, checkedBytes } from "./content-fault.ts";
import { keepMade } from "./keep-made.ts";
import { noRequest } from "./tell.ts";
import { startOf } from "./timely.ts";
import { sessionsChanged } from "./under-way.ts";
import { tellFailed, tellRows, type WorkedOutRow } from "./worked-out-rows.ts";

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

async function workOutOne({ organizationId, id, poster }: Job): Promise<void> {
  const found = await pool().query<WorkedOutRow & { receivedAt: string }>(
    `SELECT source_id AS "sourceId", user_name AS "user", target, target_user AS "targetUser", space, title,
       live_key IS NOT NULL AS live, connection_id AS "connectionId", kind,
       to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt",
       to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "receivedAt", encode(sha256, 'hex') AS sha256
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
      await tellFailed(organizationId, id, row, poster);
      await pool().query(
        "UPDATE recordings SET state = 'failed', fault = $3 WHERE organization_id = $1 AND id = $2",
        [organizationId, id, outcome.fault],
      );
      return;
    }
    // The head of an asciicast has whole seconds; what a session under way told is exact.
    const { startedAt, finding } = row.live
      ? { startedAt: row.startedAt }
      : startOf(outcome.summary, row.startedAt, row.receivedAt);
    if (finding) outcome.summary.findings.push(finding);
    if (!(await keepMade({ organizationId, id }, startedAt, folder, outcome.summary))) return;
    await tellRows(organizationId, id, { ...row, startedAt }, outcome.summary, poster);
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
