import "server-only";
import type { PoolClient } from "pg";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { reachCovers } from "@/lib/auth/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { badRequest, Problem } from "@/lib/http/problem.ts";
import { type Group, type GroupScope, mostGroups } from "../group.ts";
import type { groupChange, groupWish } from "../group-wish.ts";
import { findGroup, getGroup, reachOfGroup } from "./read.ts";

type State = GroupScope & { name: string; description: string };

/** What the audit log keeps of a group. */
function stateOf({ name, description, globalScope, spaces, targets }: State) {
  return { name, description, globalScope, spaces: [...spaces], targets: [...targets] };
}

/**
 * Makes a group without members.
 * @throws Problem 400 for what lies beyond the caller's own scope, 409 when the name is taken or there are too many
 */
export async function createGroup(principal: Principal, wish: z.output<typeof groupWish>): Promise<Group> {
  const { organizationId } = principal;
  requireOwnScope(principal, wish);
  const id = uuidv7();
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "scope:create",
      target: { name: wish.name, id },
      custom: { requestId: principal.requestId },
      updated: stateOf(wish),
    },
    async (client) => {
      await lockNames(client, organizationId);
      const counted = await client.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM groups WHERE organization_id = $1",
        [organizationId],
      );
      if ((counted.rows[0]?.n ?? 0) >= mostGroups)
        throw new Problem(409, `There are ${mostGroups} groups already: delete one first.`);
      await requireFreeName(client, organizationId, id, wish.name);
      await client.query(
        "INSERT INTO groups (id, organization_id, name, description, global_scope) VALUES ($1, $2, $3, $4, $5)",
        [id, organizationId, wish.name, wish.description, wish.globalScope],
      );
      await writeScopes(client, id, wish);
    },
  );
  return getGroup(principal, id);
}

/**
 * Changes a group. What its members watch and export follows within a second.
 * @throws Problem 404, 400 for what lies beyond the caller's own scope, 409 when somebody else has changed the group
 *   since the caller saw it, or when the name is taken
 */
export async function updateGroup(
  principal: Principal,
  id: string,
  { version, ...change }: z.output<typeof groupChange>,
): Promise<Group> {
  const { organizationId } = principal;
  const before = await findGroup(pool(), principal, id);
  const { name, description, globalScope, spaces, targets } = change;
  const after: State = {
    name: name ?? before.name,
    description: description ?? before.description,
    globalScope: globalScope ?? before.globalScope,
    spaces: spaces ?? before.spaces,
    targets: targets ?? before.targets,
  };
  requireOwnScope(principal, after);
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "scope:update",
      target: { name: before.name, id },
      custom: { requestId: principal.requestId },
      original: stateOf(before),
      updated: stateOf(after),
    },
    async (client) => {
      await lockNames(client, organizationId);
      const now = await findGroup(client, principal, id, "FOR UPDATE");
      if (now.version !== version || before.version !== version)
        throw new Problem(409, "Somebody else has changed the group: look at it again.");
      await requireFreeName(client, organizationId, id, after.name);
      await client.query(
        `UPDATE groups SET name = $3, description = $4, global_scope = $5, version = version + 1
         WHERE organization_id = $1 AND id = $2`,
        [organizationId, id, after.name, after.description, after.globalScope],
      );
      await client.query("DELETE FROM group_scopes WHERE group_id = $1", [id]);
      await writeScopes(client, id, after);
    },
  );
  return getGroup(principal, id);
}

/**
 * Deletes a group: who saw something through it alone sees it no longer, within a second also where it is watched.
 * @param reason the caller's words, for the audit log
 * @throws Problem 404
 */
export async function deleteGroup(principal: Principal, id: string, reason: string): Promise<void> {
  const { members, ...before } = await getGroup(principal, id);
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "scope:delete",
      target: { name: before.name, id },
      custom: { reason, requestId: principal.requestId },
      original: { ...stateOf(before), members: members.map(({ email }) => email) },
    },
    async (client) => {
      await findGroup(client, principal, id, "FOR UPDATE");
      await client.query("DELETE FROM groups WHERE organization_id = $1 AND id = $2", [
        principal.organizationId,
        id,
      ]);
    },
  );
}

/** Nobody gives others what they do not see themselves. @throws Problem 400 that names the field */
function requireOwnScope({ reach }: Principal, wish: GroupScope): void {
  if (reach === "all") return;
  const reason = "lies beyond what you see yourself";
  const errors = [
    ...(wish.globalScope ? [{ parameter: "globalScope", reason }] : []),
    ...(reachCovers(reach, { spaces: wish.spaces, targets: [] }) ? [] : [{ parameter: "spaces", reason }]),
    ...(reachCovers(reach, { spaces: [], targets: wish.targets }) ? [] : [{ parameter: "targets", reason }]),
  ];
  if (errors.length > 0 || !reachCovers(reach, reachOfGroup(wish))) throw badRequest(errors);
}

/** One after the other within an organization, so that a name that is free stays it, and so does the last place. */
async function lockNames(client: PoolClient, organizationId: string): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook groups ' || $1, 0))", [
    organizationId,
  ]);
}

async function requireFreeName(
  client: PoolClient,
  organizationId: string,
  id: string,
  name: string,
): Promise<void> {
  const taken = await client.query(
    "SELECT FROM groups WHERE organization_id = $1 AND lower(name) = lower($2) AND id <> $3",
    [organizationId, name, id],
  );
  if (taken.rowCount !== 0)
    throw new Problem(409, `There is a group called ${name} already.`, {
      errors: [{ parameter: "name", reason: "is taken" }],
    });
}

async function writeScopes(client: PoolClient, id: string, { spaces, targets }: GroupScope): Promise<void> {
  await client.query(
    `INSERT INTO group_scopes (group_id, kind, name)
     SELECT $1::uuid, 'space', unnest($2::text[]) UNION ALL SELECT $1::uuid, 'target', unnest($3::text[])`,
    [id, spaces, targets],
  );
}
