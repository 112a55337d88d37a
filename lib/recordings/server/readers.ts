import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { storable } from "@/lib/record/text.ts";
import type { RecordingHit } from "../recording-line.ts";

/** One look at a recording: who, when, what, and how it ended. Of a search the words are told. */
export type Reading = {
  id: string;
  time: string;
  /** As the audit log calls it: `recording:played`, `session:watched`, `recording:found` … */
  eventType: string;
  initiator: string;
  operationStatus: string;
  /** The file of a download, or the words that were searched for. */
  detail: string | null;
};

/** `inLog` is whether the reader may look into the audit log for more. */
export type Readings = { rows: Reading[]; nextCursor: null | string; inLog: boolean };

const mostReadings = 200;

/**
 * Who watched, played, read, found, downloaded or deleted the recordings of a connection, the first one first.
 * Undefined for those who see only their own or a part of the record: who looks at it stands in the audit log.
 */
export async function listReadings(
  principal: Principal,
  connectionId: string,
): Promise<Readings | undefined> {
  if (principal.sharedOnly || principal.reach !== "all" || !allows(principal, "recordings:read"))
    return undefined;
  const found = await pool().query<Omit<Reading, "detail"> & { custom: string | null }>(
    `WITH mine AS (SELECT id::text AS id, least(started_at, received_at) AS since FROM recordings
       WHERE organization_id = $1 AND connection_id = $2)
     SELECT a.id, to_char(a.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
       CASE WHEN a.workflow_type = 'recording:search' AND a.operation_status = 'success' THEN 'recording:found'
         ELSE a.event_type END AS "eventType",
       a.initiator, a.operation_status AS "operationStatus",
       a.custom_values::text AS custom
     FROM audit_events a WHERE a.organization_id = $1 AND a.category = 'Session Recordings'
       AND a.operation_status <> 'inProgress' AND a.time >= (SELECT min(since) FROM mine)
       AND (a.target_id IN (SELECT id FROM mine)
         OR a.workflow_type = 'recording:search' AND EXISTS (SELECT FROM mine
           WHERE a.custom_values::text ~ ('"recordingIds"\\s*:\\s*\\[[^]]*"' || mine.id || '"')))
     ORDER BY a.time, a.id LIMIT ${mostReadings + 1}`,
    [principal.organizationId, connectionId],
  );
  return {
    rows: found.rows
      .slice(0, mostReadings)
      .map(({ custom, ...row }) => ({ ...row, detail: detailOf(JSON.parse(custom ?? "null") ?? {}) })),
    nextCursor: found.rows.length > mostReadings ? "more" : null,
    inLog: allows(principal, "audit-log:read"),
  };
}

/** Read here and not by the database, which takes no NUL out of JSON: an event of an imported file may hold one. */
function detailOf({ words, file }: { words?: unknown; file?: unknown }): string | null {
  const detail = words ?? file;
  return typeof detail === "string" ? storable(detail) : null;
}

/** Writes into the audit log what somebody searched for, and in which recordings it was shown to them. */
export async function recordSearch(
  principal: Principal,
  words: string,
  recordingId: string | undefined,
  hits: readonly RecordingHit[],
): Promise<void> {
  const recordingIds = [...new Set(hits.map((hit) => hit.recordingId))];
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "recording:search",
      target: { name: `“${words}”`, ...(recordingId !== undefined && { id: recordingId }) },
      custom: { words, hits: hits.length, recordingIds },
    },
    async () => undefined,
  );
}
