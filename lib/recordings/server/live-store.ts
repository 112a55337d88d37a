import "server-only";
import { randomBytes } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { v5 as uuidv5, v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import { log } from "@/lib/log.ts";
import { storable } from "@/lib/record/text.ts";
import { asciicastV2Text } from "../asciicast.ts";
import { recordingLimits } from "../limits.ts";
import type { Incident, LiveSession, LiveSessions, SessionFacts } from "../live-session.ts";
import { findLeftSession, readLiveFile, reopenLiveFile } from "./left-session.ts";
import { finishFile, liveFile } from "./live-file.ts";
import { screensFile } from "./live-history.ts";
import { commandDraft, kindOf, recordOf } from "./live-rows.ts";
import { lostMs, running, StoredSession } from "./stored-session.ts";
import { noRequest, tell } from "./tell.ts";
import { timely } from "./timely.ts";
import { sessionsChanged } from "./under-way.ts";

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
      timely(at),
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

function clamp(value: number, most: number, otherwise: number): number {
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : otherwise;
}

async function reportIncident(source: IngestSource, incident: Incident): Promise<void> {
  const { recordId, reason, what, original } = incident;
  const draft = commandDraft(source, incident, undefined, 0, what === "alert" ? `alert: ${reason}` : reason);
  await tell(source, [recordOf(source, recordId, draft, original)], noRequest());
}
