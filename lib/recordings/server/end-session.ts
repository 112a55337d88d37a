import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { RecordingLine } from "../recording-line.ts";
import { liveSession } from "./live-store.ts";

/**
 * Ends a session that is under way. Asked for, acknowledged by the host and ended are three moments, each on
 * record: this resolves with the second, the third is the connection's `closed` event.
 * @throws Problem 409 when there is nothing to end, or nobody to be told
 */
export async function endSession(principal: Principal, line: RecordingLine, reason: string): Promise<void> {
  if (line.state !== "live") throw new Problem(409, "The session is over.");
  const workflow = await beginWorkflow({
    actor: actorOf(principal),
    workflowType: "session:ending",
    target: { name: `${line.user} on ${line.target}`, id: line.connectionId },
    custom: { recordingId: line.id, reason, ends: line.killEnds },
  });
  try {
    await pool().query(
      `UPDATE recordings SET kill_reason = $3, kill_by = $4, kill_requested_at = now() WHERE organization_id = $1 AND id = $2`,
      [principal.organizationId, line.id, reason, principal.email],
    );
    const session = liveSession(line.id);
    if (!session) throw new Problem(409, "The session's host is not connected to this server.");
    await session.kill(principal.email, reason);
    await inTransaction(async (client) => {
      await client.query(
        "UPDATE recordings SET kill_acknowledged_at = now() WHERE organization_id = $1 AND id = $2",
        [principal.organizationId, line.id],
      );
      await workflow.done(client);
    });
  } catch (error) {
    await reportFailure(workflow, error);
    if (error instanceof Problem) throw error;
    throw new Problem(409, "The session's host could not be told.", { cause: error });
  }
}
