import "server-only";
import type { PoolClient } from "pg";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import { blobs } from "./blobs.ts";

/** How long bytes may lie in the store before their row is written. */
const unclaimedFor = "1 hour";
const atOnce = 100;

type Names = { organizationId: string; id: string };

/** Says that bytes are about to be stored: without {@link keepBlobs} they are removed again. */
export async function expectBlobs({ organizationId, id }: Names): Promise<void> {
  await pool().query(
    `INSERT INTO blob_removals (organization_id, recording_id, due_at) VALUES ($1, $2, now() + $3::interval)`,
    [organizationId, id, unclaimedFor],
  );
}

/** In the transaction of the row that names them. @throws Problem 503 when they are being removed: it took too long */
export async function keepBlobs(client: PoolClient, { organizationId, id }: Names): Promise<void> {
  const kept = await client.query(
    "DELETE FROM blob_removals WHERE organization_id = $1 AND recording_id = $2 AND NOT claimed",
    [organizationId, id],
  );
  if (kept.rowCount === 0)
    throw new Problem(503, "Storing the recording took too long. Send it again.", {
      headers: { "retry-after": "5" },
    });
}

/** In the transaction that deletes the row: from its commit on the bytes will go, whatever happens to the server. */
export async function giveUpBlobs(client: PoolClient, { organizationId, id }: Names): Promise<void> {
  await client.query(
    `INSERT INTO blob_removals (organization_id, recording_id) VALUES ($1, $2)
     ON CONFLICT (organization_id, recording_id) DO UPDATE SET due_at = now()`,
    [organizationId, id],
  );
}

/**
 * Removes the bytes of recordings that were given up or never got a row. What cannot be removed now is tried again.
 * @returns of how many recordings
 */
export async function removeBlobs(): Promise<number> {
  const claimed = await pool().query<Names>(
    `UPDATE blob_removals SET claimed = true WHERE (organization_id, recording_id) IN (
       SELECT b.organization_id, b.recording_id FROM blob_removals b WHERE b.due_at <= now() AND NOT EXISTS (
         SELECT FROM recordings r WHERE r.organization_id = b.organization_id AND r.id = b.recording_id AND r.deleted_at IS NULL)
       ORDER BY b.due_at LIMIT $1 FOR UPDATE OF b SKIP LOCKED)
     RETURNING organization_id AS "organizationId", recording_id AS id`,
    [atOnce],
  );
  for (const { organizationId, id } of claimed.rows) {
    await blobs().removeRecording(organizationId, id);
    await pool().query("DELETE FROM blob_removals WHERE organization_id = $1 AND recording_id = $2", [
      organizationId,
      id,
    ]);
  }
  return claimed.rows.length === atOnce ? atOnce + (await removeBlobs()) : claimed.rows.length;
}

/** {@link removeBlobs} for somebody who need not wait for the store to come back. */
export async function removeBlobsSoon(): Promise<void> {
  await removeBlobs().catch((error: unknown) =>
    log().error({ err: error }, "bytes of deleted recordings could not be removed; it is tried again"),
  );
}
