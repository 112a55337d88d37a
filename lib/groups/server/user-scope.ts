import "server-only";
import type { PoolClient } from "pg";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { type Actor, runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { reachCovers } from "@/lib/auth/reach.ts";
import { mayGrant } from "@/lib/auth/roles.ts";
import { storedRole } from "@/lib/auth/server/sessions.ts";
import { pool } from "@/lib/db/client.ts";
import { badRequest, forbidden, notFound, Problem } from "@/lib/http/problem.ts";
import { mostGroupsOfUser } from "../group.ts";
import { reachOfGroup } from "./read.ts";

/** What somebody shall see beside the role. What is left out stays as it is. */
export type UserScopeWish = { globalScope?: boolean | undefined; groupIds?: readonly string[] | undefined };

type Named = { id: string; name: string };
type Stored = { email: string; role: string; globalScope: boolean; groups: Named[] };

/**
 * To be called before anything is written, as before the workflow that invites somebody.
 * @throws Problem 400 that names `globalScope` or `groupIds` when they lie beyond what the caller sees, or when a
 *   group is none of the organization's
 */
export async function requireGrantable(principal: Principal, wish: UserScopeWish): Promise<void> {
  if (wish.globalScope && principal.reach !== "all") throw badRequest([beyond("globalScope")]);
  if (wish.groupIds) await requireGroups(pool(), principal, wish.groupIds);
}

/**
 * Gives somebody the global scope or takes it (`globalscope:create`, `userscope:update`) and puts them into exactly
 * these groups (`userscope:assign` for the first groups, else `userscope:update`): up to two workflows, one after the
 * other, and none for what is so already. What they watch and export follows within a second.
 * An invitation inserts its user with `global_scope = false`, commits, and then calls this.
 *
 * @throws Problem 404 when the organization has no such user, 403 when the user's role is above the caller's, 400 as
 *   {@link requireGrantable} and when there are too many groups
 */
export async function assignScope(principal: Principal, userId: string, wish: UserScopeWish): Promise<void> {
  const { organizationId } = principal;
  const user = await readUser(organizationId, userId);
  if (!mayGrant(principal.role, storedRole(user.role))) throw forbidden("The user has a role above yours.");
  await requireGrantable(principal, wish);
  const actor = actorOf(principal);
  const custom = { requestId: principal.requestId };
  if (wish.globalScope !== undefined && wish.globalScope !== user.globalScope)
    await writeGlobalScope(actor, { ...user, id: userId }, wish.globalScope, custom);
  const { groupIds } = wish;
  if (groupIds) {
    // Groups that the caller does not know of stay.
    const hidden = await hiddenFrom(principal, user.groups);
    await changeGroups(actor, userId, custom, () => [...hidden, ...groupIds]);
  }
}

/** Puts somebody into one group or takes them out of it, as {@link assignScope}. @returns false when it is so already */
export async function changeMembership(
  principal: Principal,
  userId: string,
  groupId: string,
  isMember: boolean,
): Promise<boolean> {
  const user = await readUser(principal.organizationId, userId);
  if (!mayGrant(principal.role, storedRole(user.role))) throw forbidden("The user has a role above yours.");
  await requireGroups(pool(), principal, [groupId]);
  const custom = { requestId: principal.requestId };
  return changeGroups(actorOf(principal), userId, custom, (before) =>
    isMember ? [...before, groupId] : before.filter((id) => id !== groupId),
  );
}

/**
 * Writes the groups of a user within the caller's transaction and workflow, as provisioning does.
 * @param groupIds of the user's organization; what is of another is refused
 * @returns the groups before and after, by name
 * @throws Problem 404 for a user that is none of the organization's, 400 for such a group and for too many
 */
export async function writeGroups(
  client: PoolClient,
  organizationId: string,
  userId: string,
  groupIds: readonly string[],
): Promise<{ before: Named[]; after: Named[] }> {
  const wanted = [...new Set(groupIds)];
  if (wanted.length > mostGroupsOfUser)
    throw badRequest([{ parameter: "groupIds", reason: `must be at most ${mostGroupsOfUser} groups` }]);
  const locked = await client.query("SELECT FROM users WHERE organization_id = $1 AND id = $2 FOR UPDATE", [
    organizationId,
    userId,
  ]);
  if (locked.rowCount !== 1) throw noUser();
  const before = await groupsOf(client, userId);
  const known = await client.query<Named>(
    "SELECT id, name FROM groups WHERE organization_id = $1 AND id = ANY($2::uuid[]) ORDER BY name FOR SHARE",
    [organizationId, wanted],
  );
  if (known.rows.length !== wanted.length) throw badRequest([noGroup]);
  await client.query("DELETE FROM group_members WHERE user_id = $1 AND group_id <> ALL($2::uuid[])", [
    userId,
    wanted,
  ]);
  await client.query(
    "INSERT INTO group_members (user_id, group_id) SELECT $1::uuid, unnest($2::uuid[]) ON CONFLICT DO NOTHING",
    [userId, wanted],
  );
  return { before, after: known.rows };
}

const noGroup = { parameter: "groupIds", reason: "must be ids of groups of the organization" };
const beyond = (parameter: string) => ({ parameter, reason: "lies beyond what you see yourself" });
const noUser = (): Problem => notFound("There is no such user.");

type Queries = Pick<PoolClient, "query">;

async function groupsOf(client: Queries, userId: string): Promise<Named[]> {
  const found = await client.query<Named>(
    "SELECT g.id, g.name FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.name",
    [userId],
  );
  return found.rows;
}

async function readUser(organizationId: string, id: string): Promise<Stored> {
  const found = await pool().query<Omit<Stored, "groups">>(
    'SELECT email, role, global_scope AS "globalScope" FROM users WHERE organization_id = $1 AND id = $2',
    [organizationId, id],
  );
  const [user] = found.rows;
  if (!user) throw noUser();
  return { ...user, groups: await groupsOf(pool(), id) };
}

/** @throws Problem 400 when one of them is none, or gives more than the caller sees */
async function requireGroups(client: Queries, principal: Principal, ids: readonly string[]): Promise<void> {
  const known = await reachesOf(client, principal.organizationId, ids);
  if (known.length !== new Set(ids).size) throw badRequest([noGroup]);
  if (!known.every(({ reach }) => reachCovers(principal.reach, reach))) throw badRequest([noGroup]);
}

async function hiddenFrom(principal: Principal, groups: readonly Named[]): Promise<string[]> {
  const ids = groups.map(({ id }) => id);
  const known = await reachesOf(pool(), principal.organizationId, ids);
  return known.filter(({ reach }) => !reachCovers(principal.reach, reach)).map(({ id }) => id);
}

async function reachesOf(client: Queries, organizationId: string, ids: readonly string[]) {
  const found = await client.query<{ id: string; globalScope: boolean; spaces: string[]; targets: string[] }>(
    `SELECT g.id, g.global_scope AS "globalScope",
       ARRAY(SELECT s.name FROM group_scopes s WHERE s.group_id = g.id AND s.kind = 'space') AS spaces,
       ARRAY(SELECT s.name FROM group_scopes s WHERE s.group_id = g.id AND s.kind = 'target') AS targets
     FROM groups g WHERE g.organization_id = $1 AND g.id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return found.rows.map((group) => ({ id: group.id, reach: reachOfGroup(group) }));
}

async function writeGlobalScope(
  actor: Actor,
  user: Stored & { id: string },
  globalScope: boolean,
  custom: { requestId: string },
): Promise<void> {
  const groupIds = user.groups.map(({ id }) => id);
  const { groups } = user;
  const { organizationId } = actor;
  await runWorkflow(
    {
      actor,
      workflowType: globalScope ? "globalscope:create" : "userscope:update",
      target: { name: user.email, id: user.id },
      custom: { ...custom, userId: user.id, ...(globalScope ? { tenantId: organizationId } : { groupIds }) },
      original: { globalScope: !globalScope, groups },
      updated: { globalScope, groups },
    },
    async (client) => {
      const changed = await client.query(
        "UPDATE users SET global_scope = $3 WHERE organization_id = $1 AND id = $2 AND global_scope <> $3",
        [organizationId, user.id, globalScope],
      );
      if (changed.rowCount !== 1)
        throw new Problem(409, "Somebody else has changed the user: look at them again.");
    },
  );
}

/** @param wanted the ids of the groups afterwards, of those before */
async function changeGroups(
  actor: Actor,
  userId: string,
  custom: { requestId: string },
  wanted: (before: readonly string[]) => readonly string[],
): Promise<boolean> {
  const { organizationId } = actor;
  const user = await readUser(organizationId, userId);
  const ids = user.groups.map(({ id }) => id);
  const groupIds = [...new Set(wanted(ids))];
  if (groupIds.length === ids.length && groupIds.every((id) => ids.includes(id))) return false;
  await runWorkflow<{ before: Named[]; after: Named[] }>(
    {
      actor,
      workflowType: ids.length === 0 ? "userscope:assign" : "userscope:update",
      target: { name: user.email, id: userId },
      custom: { ...custom, userId, groupIds },
      original: { groups: user.groups },
      updated: ({ after }) => ({ groups: after }),
    },
    async (client) => {
      const written = await writeGroups(client, organizationId, userId, groupIds);
      const same =
        written.before
          .map(({ id }) => id)
          .sort()
          .join() === [...ids].sort().join();
      if (!same) throw new Problem(409, "Somebody else has changed the groups of the user: try again.");
      return written;
    },
  );
  return true;
}
