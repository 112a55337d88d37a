import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { reaches } from "@/lib/auth/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { notFound } from "@/lib/http/problem.ts";

type Described = { name: string; kind?: string; description: string };

/** Says what a target is. @throws Problem 404 when there is none, or it was deleted */
export async function describeTarget(principal: Principal, id: string, description: string): Promise<void> {
  const missing = "There is no such target.";
  const found = await pool().query<Described>(
    "SELECT name, kind, description FROM targets WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL",
    [principal.organizationId, id],
  );
  const [before] = found.rows;
  if (!before || !reaches(principal.reach, { target: before.name })) throw notFound(missing);
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "target:update",
      target: { name: before.name, id },
      original: before,
      updated: { ...before, description },
    },
    async (client) => {
      const changed = await client.query(
        "UPDATE targets SET description = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL",
        [principal.organizationId, id, description],
      );
      if (changed.rowCount !== 1) throw notFound(missing);
    },
  );
}

/** Says what a space is. @throws Problem 404 when there is none */
export async function describeSpace(principal: Principal, id: string, description: string): Promise<void> {
  const missing = "There is no such space.";
  const found = await pool().query<Described>(
    "SELECT name, description FROM spaces WHERE organization_id = $1 AND id = $2",
    [principal.organizationId, id],
  );
  const [before] = found.rows;
  if (!before || !reaches(principal.reach, { space: before.name })) throw notFound(missing);
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "space:update",
      target: { name: before.name, id },
      original: before,
      updated: { ...before, description },
    },
    async (client) => {
      const changed = await client.query(
        "UPDATE spaces SET description = $3 WHERE organization_id = $1 AND id = $2",
        [principal.organizationId, id, description],
      );
      if (changed.rowCount !== 1) throw notFound(missing);
    },
  );
}
