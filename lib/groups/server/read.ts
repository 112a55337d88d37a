import "server-only";
import type { ClientBase } from "pg";
import type { Principal } from "@/lib/auth/principal.ts";
import type { Reach } from "@/lib/auth/reach.ts";
import { reachCovers } from "@/lib/auth/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { notFound } from "@/lib/http/problem.ts";
import type { Group, GroupLine, GroupMember, GroupScope } from "../group.ts";

type Asker = Pick<Principal, "organizationId" | "reach">;

const columns = `g.id, g.name, g.description, g.global_scope AS "globalScope", g.version,
  ${utcText("g.created_at")} AS "createdAt",
  ARRAY(SELECT s.name FROM group_scopes s WHERE s.group_id = g.id AND s.kind = 'space' ORDER BY s.name) AS spaces,
  ARRAY(SELECT s.name FROM group_scopes s WHERE s.group_id = g.id AND s.kind = 'target' ORDER BY s.name) AS targets`;

/** What a group lets its members see. */
export function reachOfGroup({ globalScope, spaces, targets }: GroupScope): Reach {
  return globalScope ? "all" : { spaces, targets };
}

/** The groups of an organization by name, of these only those that give no more than the asker sees. */
export async function listGroups(asker: Asker): Promise<GroupLine[]> {
  const found = await pool().query<GroupLine>(
    `SELECT ${columns}, (SELECT count(*)::int FROM group_members m WHERE m.group_id = g.id) AS members
     FROM groups g WHERE g.organization_id = $1 ORDER BY lower(g.name), g.id`,
    [asker.organizationId],
  );
  return found.rows.filter((group) => reachCovers(asker.reach, reachOfGroup(group)));
}

/** One group with its members. @throws Problem 404 when there is none that the asker may know of */
export async function getGroup(asker: Asker, id: string): Promise<Group> {
  const group = await findGroup(pool(), asker, id);
  const members = await pool().query<GroupMember>(
    `SELECT u.id, u.email, u.name, u.role, u.status, u.role = 'superuser' OR u.global_scope AS "globalScope"
     FROM group_members m JOIN users u ON u.id = m.user_id
     WHERE m.group_id = $1 AND u.organization_id = $2 ORDER BY u.email`,
    [id, asker.organizationId],
  );
  return { ...group, members: members.rows };
}

type Stored = Omit<GroupLine, "members">;

/**
 * One group, within a transaction kept from being changed by others where `lock` is.
 * @throws Problem 404 when there is none that gives no more than the asker sees
 */
export async function findGroup(
  client: Pick<ClientBase, "query">,
  { organizationId, reach }: Asker,
  id: string,
  lock: "" | "FOR UPDATE" = "",
): Promise<Stored> {
  if (lock)
    await client.query("SELECT FROM groups WHERE organization_id = $1 AND id = $2 FOR UPDATE", [
      organizationId,
      id,
    ]);
  const found = await client.query<Stored>(
    `SELECT ${columns} FROM groups g WHERE g.organization_id = $1 AND g.id = $2`,
    [organizationId, id],
  );
  const [group] = found.rows;
  if (!group || !reachCovers(reach, reachOfGroup(group))) throw notFound("There is no such group.");
  return group;
}
