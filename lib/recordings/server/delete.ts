import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { RecordingLine } from "../recording-line.ts";
import { giveUpBlobs, removeBlobsSoon } from "./blob-removals.ts";

/**
 * Deletes what a recording shows. Its row stays as a tombstone: who, when and why, size and SHA-256.
 * @throws Problem 409 while it is held or kept until a date
 */
export async function deleteRecording(
  principal: Principal,
  line: RecordingLine,
  reason: string,
): Promise<void> {
  const { organizationId } = principal;
  const { user, target, startedAt, sha256, bytes } = line;
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "recording:deletion",
      target: { name: `${user} on ${target}`, id: line.id },
      custom: { reason },
      original: { user, target, startedAt, sha256, bytes },
      updated: { deletedBy: principal.email, deleteReason: reason },
    },
    async (client) => {
      const deleted = await client.query(
        `UPDATE recordings SET deleted_at = now(), deleted_by = $3, delete_reason = $4
         WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL AND NOT hold
           AND (expires_at IS NULL OR expires_at <= now())`,
        [organizationId, line.id, principal.email, reason],
      );
      if (deleted.rowCount === 0) throw new Problem(409, whyKept(line));
      await client.query("DELETE FROM recording_chunks WHERE organization_id = $1 AND recording_id = $2", [
        organizationId,
        line.id,
      ]);
      await giveUpBlobs(client, { organizationId, id: line.id });
    },
  );
  await removeBlobsSoon();
}

function whyKept({ hold, expiresAt }: RecordingLine): string {
  if (hold) return "The recording is under a legal hold and cannot be deleted.";
  if (expiresAt !== null) return `The recording must be kept until ${expiresAt}.`;
  return "The recording was deleted meanwhile.";
}
