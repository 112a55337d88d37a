import "server-only";
import { pool } from "@/lib/db/client.ts";
import { log } from "@/lib/log.ts";
import { deleteExpiredRecording, type ExpiredRecording } from "@/lib/recordings/server/delete.ts";

/** Recordings that one run deletes at most. */
export const mostPerRun = 1000;
const batch = 100;

/**
 * Deletes recordings whose time is over, the oldest first, never one under a hold. Does nothing while another process
 * is at it.
 * @returns how many
 */
export async function deleteExpired(): Promise<number> {
  const guard = await pool().connect();
  const key = "hashtextextended('daybook retention', 0)";
  try {
    const got = await guard.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS free`);
    if (got.rows[0]?.free !== true) return 0;
    try {
      return await deleteInBatches();
    } finally {
      await guard.query(`SELECT pg_advisory_unlock(${key})`);
    }
  } finally {
    guard.release();
  }
}

async function deleteInBatches(): Promise<number> {
  let deleted = 0;
  while (deleted < mostPerRun) {
    const expired = await findExpired();
    for (const recording of expired) if (await deleteExpiredRecording(recording)) deleted += 1;
    if (expired.length < batch) break;
  }
  if (deleted > 0) log().info({ deleted }, "recordings whose time was over were deleted");
  return deleted;
}

async function findExpired(): Promise<ExpiredRecording[]> {
  const found = await pool().query<ExpiredRecording>(
    `SELECT r.organization_id AS "organizationId", r.id, r.user_name AS "user", r.target,
       to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt",
       encode(r.sha256, 'hex') AS sha256, r.bytes::double precision AS bytes, t.recordings_days AS days
     FROM recordings r JOIN retention t ON t.organization_id = r.organization_id
     WHERE r.expires_at <= now() AND r.deleted_at IS NULL AND NOT r.hold AND r.state NOT IN ('live', 'logged')
     ORDER BY r.expires_at LIMIT ${batch}`,
  );
  return found.rows;
}
