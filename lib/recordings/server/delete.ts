import "server-only";
import type { PoolClient } from "pg";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import type { RecordingLine } from "../recording-line.ts";
import { giveUpBlobs, removeBlobsSoon } from "./blob-removals.ts";
import { forgetParsed } from "./parsed-files.ts";

/**
 * Deletes what a recording shows. Its row stays as a tombstone: who, when and why, size and SHA-256.
 * @throws Problem 409 while it is under way, held, or must be kept until a date
 */
export async function deleteRecording(
  principal: Principal,
  line: RecordingLine,
  reason: string,
): Promise<void> {
  if (line.state === "logged")
    throw new Problem(409, "The requests of this session are rows of the record, which nobody deletes.");
  const { organizationId, email } = principal;
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "recording:deletion",
      ...factsOf(line),
      custom: { reason },
      updated: { deletedBy: email, deleteReason: reason },
    },
    (client) => bury(client, { organizationId, id: line.id, by: email, reason, expired: false }),
  );
  forgetParsed(organizationId, line.id);
  await removeBlobsSoon();
}

/** A recording whose time is over; `days` is what the organization set. */
export type ExpiredRecording = Pick<
  RecordingLine,
  "id" | "user" | "target" | "startedAt" | "sha256" | "bytes"
> & { organizationId: string; days: number | null };

/** Deletes one as {@link deleteRecording} does, in Daybook's own name. @returns false when it was kept after all */
export async function deleteExpiredRecording(expired: ExpiredRecording): Promise<boolean> {
  const { organizationId, id, days } = expired;
  const reason = `retention: recordings are kept for ${days} days`;
  try {
    await runWorkflow(
      {
        actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
        workflowType: "recording:deletion",
        ...factsOf(expired),
        custom: { reason, cause: "retention" },
        updated: { deletedBy: "Daybook", deleteReason: reason },
      },
      (client) => bury(client, { organizationId, id, by: "Daybook", reason, expired: true }),
    );
  } catch (error) {
    // Held, or deleted by a person, since it was found.
    if (!(error instanceof Problem)) throw error;
    log().info({ recordingId: id, reason: error.detail }, "a recording whose time was over was kept");
    return false;
  }
  await removeBlobsSoon();
  return true;
}

function factsOf({
  id,
  user,
  target,
  startedAt,
  sha256,
  bytes,
}: Omit<ExpiredRecording, "organizationId" | "days">) {
  return {
    target: { name: `${user} on ${target}`, id },
    original: { user, target, startedAt, sha256, bytes },
  };
}

type Burial = { organizationId: string; id: string; by: string; reason: string; expired: boolean };
type Found = { deleted: boolean; live: boolean; hold: boolean; keptUntil: string | null; expired: boolean };

async function bury(client: PoolClient, { organizationId, id, by, reason, expired }: Burial): Promise<void> {
  const found = await client.query<Found>(
    `SELECT r.deleted_at IS NOT NULL AS deleted, r.state = 'live' AS live, r.hold, coalesce(r.expires_at <= now(), false) AS expired,
       to_char(nullif(greatest(r.received_at + make_interval(days => t.recordings_minimum_days), now()), now()) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS "keptUntil"
     FROM recordings r LEFT JOIN retention t ON t.organization_id = r.organization_id
     WHERE r.organization_id = $1 AND r.id = $2 FOR UPDATE OF r`,
    [organizationId, id],
  );
  const [row] = found.rows;
  const fault = !row || row.deleted ? "The recording was deleted meanwhile." : whyKept(row, expired);
  if (fault !== undefined) throw new Problem(409, fault);
  await client.query(
    `UPDATE recordings SET deleted_at = now(), deleted_by = $3, delete_reason = $4
     WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, by, reason],
  );
  await client.query("DELETE FROM recording_chunks WHERE organization_id = $1 AND recording_id = $2", [
    organizationId,
    id,
  ]);
  await giveUpBlobs(client, { organizationId, id });
}

function whyKept({ live, hold, keptUntil, expired }: Found, mustBeExpired: boolean): string | undefined {
  if (live) return "The session is under way: end it before its recording is deleted.";
  if (hold) return "The recording is under a legal hold and cannot be deleted.";
  if (keptUntil !== null) return `The recording must be kept until ${keptUntil}.`;
  return mustBeExpired && !expired ? "The recording is kept for longer now." : undefined;
}
