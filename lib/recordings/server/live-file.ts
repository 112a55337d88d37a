import "server-only";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { pool } from "@/lib/db/client.ts";
import { log } from "@/lib/log.ts";
import { blobKey } from "./blob-key.ts";
import { StoreUnavailable } from "./blob-store.ts";
import { blobFolder, blobs } from "./blobs.ts";
import { bytesFacts, fileFacts } from "./file-facts.ts";
import { noRequest } from "./tell.ts";
import { sessionsChanged } from "./under-way.ts";
import { workOut } from "./work-out.ts";

const againMs = 30_000;
const mostTries = 20;

/** Where a session is written to while it is under way, on this machine's disk. */
export function liveFile(id: string): string {
  return path.join(blobFolder(), "live", `${id}.cast`);
}

/**
 * The file of a session that is over becomes a recording like any other; where it cannot be stored now, once the store
 * and the database are back. What fails for another reason is tried for ten minutes, and again after a restart. Never
 * rejects.
 */
export async function finishFile(organizationId: string, id: string, tries = mostTries): Promise<void> {
  try {
    await store(organizationId, id);
  } catch (error) {
    // The store says itself when it cannot be reached.
    const isAway = error instanceof StoreUnavailable;
    if (!isAway) log().error({ err: error, recordingId: id }, "a session that is over could not be stored");
    if (isAway || tries > 1) void finishLater(organizationId, id, isAway ? tries : tries - 1);
  }
}

async function finishLater(organizationId: string, id: string, tries: number): Promise<void> {
  await after(againMs, undefined, { ref: false });
  await finishFile(organizationId, id, tries);
}

async function store(organizationId: string, id: string): Promise<void> {
  const file = liveFile(id);
  const key = blobKey(organizationId, id, "original");
  // Without the file, an earlier run stored it and did not come to say so.
  const { bytes, sha256 } = existsSync(file)
    ? await fileFacts(file)
    : await bytesFacts(await blobs().stream(key));
  if (existsSync(file)) await blobs().put(key, file);
  await pool().query(
    `UPDATE recordings SET state = 'processing', bytes = $3, sha256 = $4 WHERE organization_id = $1 AND id = $2 AND state = 'live'`,
    [organizationId, id, bytes, sha256],
  );
  sessionsChanged(organizationId);
  workOut({ organizationId, id, poster: noRequest() });
}
