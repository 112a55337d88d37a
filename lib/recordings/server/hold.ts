import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { RecordingLine } from "../recording-line.ts";

/** Puts a recording under a legal hold: neither people nor its age delete it. @throws Problem 409 when it is, or is deleted */
export async function holdRecording(
  principal: Principal,
  line: RecordingLine,
  reason: string,
): Promise<void> {
  const { organizationId, email } = principal;
  await runWorkflow(
    { ...factsOf(principal, line, reason), workflowType: "recording:hold" },
    async (client) => {
      const held = await client.query(
        `UPDATE recordings SET hold = true, hold_reason = $3, held_by = $4, held_at = now()
       WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL AND NOT hold`,
        [organizationId, line.id, reason, email],
      );
      if (held.rowCount === 0)
        throw new Problem(409, "The recording is under a hold already, or was deleted.");
    },
  );
}

/** Ends the hold; if its time is over, the recording is deleted at the next run. @throws Problem 409 when there is none */
export async function releaseRecording(
  principal: Principal,
  line: RecordingLine,
  reason: string,
): Promise<void> {
  const { holdReason, heldBy, heldAt } = line;
  const facts = { ...factsOf(principal, line, reason), original: { holdReason, heldBy, heldAt } };
  await runWorkflow({ ...facts, workflowType: "recording:hold-release" }, async (client) => {
    const released = await client.query(
      `UPDATE recordings SET hold = false, hold_reason = NULL, held_by = NULL, held_at = NULL
       WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL AND hold`,
      [principal.organizationId, line.id],
    );
    if (released.rowCount === 0) throw new Problem(409, "The recording is under no hold.");
  });
}

function factsOf(principal: Principal, { id, connectionId, user, target }: RecordingLine, reason: string) {
  return {
    actor: actorOf(principal),
    target: { name: `${user} on ${target}`, id },
    custom: { reason, recordingId: id, connectionId },
  };
}
