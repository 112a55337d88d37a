import "server-only";
import path from "node:path";
import { inTransaction, pool } from "@/lib/db/client.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import type { Poster } from "@/lib/ingest/server/store.ts";
import { blobKey } from "./blob-key.ts";
import { expectBlobs, giveUpBlobs, keepBlobs, removeBlobsSoon } from "./blob-removals.ts";
import { blobs } from "./blobs.ts";
import { ownConnectionId } from "./own-connection.ts";
import { sessionsChanged } from "./under-way.ts";
import { workOut } from "./work-out.ts";

/** A recording that lies whole in a staging folder as `original`. */
export type Arrived = {
  id: string;
  folder: string;
  bytes: number;
  sha256: Buffer;
  user: string;
  target: string;
  targetUser: string | undefined;
  space: string | undefined;
  title: string | undefined;
  /** UTC with at most microseconds, where the sender says it. */
  startedAt: string | undefined;
  /** The connection that it is of, where the sender names one that is there already. */
  connectionId: string | undefined;
  poster: Poster;
};

export type Kept = { id: string; connectionId: string; known: boolean };

/**
 * Keeps a recording: its bytes and its row are on disk when this resolves. The same bytes from the same source
 * are the same recording. What it shows is worked out later, by this process or after a restart.
 */
export async function keepRecording(source: IngestSource, arrived: Arrived): Promise<Kept> {
  const { id, folder, bytes, sha256, user, target, targetUser, title, startedAt } = arrived;
  const connectionId = arrived.connectionId ?? ownConnectionId(source.id, id);
  const known = await findKnown(source.id, sha256);
  if (known) return known;
  // Bytes without a row are swept away; a row without bytes would be a promise that nobody can keep.
  const { organizationId } = source;
  await expectBlobs({ organizationId, id });
  await blobs().put(blobKey(organizationId, id, "original"), path.join(folder, "original"));
  const isNew = await inTransaction(async (client) => {
    const inserted = await client.query(
      `INSERT INTO recordings (organization_id, id, connection_id, source_id, started_at, user_name, target,
         target_user, space, kind, format, title, bytes, sha256)
       VALUES ($1, $2, $3, $4, coalesce($5, now()), $6, $7, $8, $9, 'ssh', 'unknown', $10, $11, $12)
       ON CONFLICT (source_id, sha256) DO NOTHING`,
      [
        organizationId,
        id,
        connectionId,
        source.id,
        startedAt,
        user,
        target,
        targetUser,
        arrived.space,
        title,
        bytes,
        sha256,
      ],
    );
    const first = inserted.rowCount === 1;
    await (first ? keepBlobs : giveUpBlobs)(client, { organizationId, id });
    return first;
  });
  if (!isNew) {
    await removeBlobsSoon();
    const other = await findKnown(source.id, sha256);
    if (other) return other;
    throw new Error("A recording vanished while it was sent again");
  }
  sessionsChanged(organizationId);
  workOut({ organizationId, id, poster: arrived.poster });
  return { id, connectionId, known: false };
}

async function findKnown(sourceId: string, sha256: Buffer): Promise<Kept | undefined> {
  const found = await pool().query<{ id: string; connectionId: string }>(
    `SELECT id, connection_id AS "connectionId" FROM recordings WHERE source_id = $1 AND sha256 = $2`,
    [sourceId, sha256],
  );
  return found.rows[0] && { ...found.rows[0], known: true };
}
