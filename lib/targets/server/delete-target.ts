import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { reaches } from "@/lib/auth/reach.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { closeUntold } from "@/lib/kills/server/settle.ts";
import type { DeletedTarget } from "../target-line.ts";

type Found = { name: string; kind: string; description: string };

/** Open connections that are looked at together. */
const portion = 200;

/**
 * Deletes a target and ends its open connections; the cause of their closing says who did. A connection whose host
 * cannot be told is closed in the record alone. The row stays as a tombstone, so that no record brings it back.
 * @throws Problem 404 when there is none, or it was deleted
 */
export async function deleteTarget(principal: Principal, id: string, reason: string): Promise<DeletedTarget> {
  const { organizationId, email } = principal;
  const missing = "There is no such target.";
  const found = await pool().query<Found>(
    "SELECT name, kind, description FROM targets WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL",
    [organizationId, id],
  );
  const [target] = found.rows;
  if (!target || !reaches(principal.reach, { target: target.name })) throw notFound(missing);
  const workflow = await beginWorkflow({
    actor: actorOf(principal),
    workflowType: "target:deletion",
    target: { name: target.name, id },
    custom: { reason },
    original: { ...target, deleted: false },
  });
  try {
    const ended = await endConnections(principal, target, reason);
    await inTransaction(async (client) => {
      const deleted = await client.query(
        "UPDATE targets SET deleted_at = now() WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL",
        [organizationId, id],
      );
      if (deleted.rowCount !== 1) throw notFound(missing);
      await workflow.done(client, {
        updated: { ...target, deleted: true, deletedBy: email },
        custom: { connectionsTold: ended.told, connectionsClosed: ended.closed },
      });
    });
    return ended;
  } catch (error) {
    await reportFailure(workflow, error);
    throw error;
  }
}

async function endConnections(
  principal: Principal,
  { name, kind }: Found,
  reason: string,
): Promise<DeletedTarget> {
  const { organizationId, email } = principal;
  const cause = `${email} deleted target`;
  const ended: DeletedTarget = { told: 0, closed: 0 };
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const open = await pool().query<{ id: string; sourceId: string }>(
      `SELECT id, source_id AS "sourceId" FROM connections
       WHERE organization_id = $1 AND target = $2 AND CASE kind WHEN 'sudo' THEN 'ssh' ELSE kind END = $3
         AND status <> 'closed' AND outcome = 'allowed' AND id > $4 ORDER BY id LIMIT ${portion}`,
      [organizationId, name, kind, after],
    );
    for (const { id, sourceId } of open.rows) {
      after = id;
      const isTold = await requestKill(principal, id, reason, cause).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Problem && error.status === 409) return false;
          throw error;
        },
      );
      if (isTold) ended.told++;
      else if (await closeUntold({ organizationId, connectionId: id, sourceId, cause, reason, by: email }))
        ended.closed++;
    }
    if (open.rows.length < portion) return ended;
  }
}
