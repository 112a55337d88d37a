import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { type Reach, reachCovers } from "@/lib/auth/reach.ts";
import { mayGrant } from "@/lib/auth/roles.ts";
import { reachOfUser } from "@/lib/auth/server/reach.ts";
import { storedRole } from "@/lib/auth/server/sessions.ts";
import { lockOfUser } from "@/lib/auth/server/throttle.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { listGroups } from "@/lib/groups/server/read.ts";
import { notFound } from "@/lib/http/problem.ts";
import { type UserLine, type UserPage, userPage } from "../user.ts";
import type { UserQuery } from "../user-query.ts";

const columns = `u.id, u.email, u.name, u.role, u.status, u.shared_only AS "sharedOnly", u.logins, u.version,
  ${utcText("u.created_at")} AS "createdAt", ${utcText("u.last_seen_at")} AS "lastSeenAt",
  (SELECT ${utcText("max(l.expires_at)")} FROM user_links l WHERE u.status = 'invited' AND l.user_id = u.id
     AND l.purpose = 'activation' AND l.used_at IS NULL AND l.replaced_at IS NULL AND l.expires_at > now()) AS "invitedUntil",
  ${lockOfUser} AS lock,
  u.role = 'superuser' OR u.global_scope AS "globalScope", ${reachOfUser.sql} AS reach,
  ARRAY(SELECT m.group_id::text FROM group_members m WHERE m.user_id = u.id) AS "groupIds"`;

type Row = Omit<UserLine, "own" | "editable" | "groups"> & { reach: Reach; groupIds: string[] };

/** A page of the accounts of the caller's organization, by address. */
export async function listUsers(
  principal: Principal,
  { match, role, status, after }: UserQuery,
): Promise<UserPage> {
  const found = await pool().query<Row>(
    `SELECT ${columns} FROM users u
     WHERE u.organization_id = $1
       AND ($2 = '' OR u.email ILIKE $3 OR u.name ILIKE $3 OR EXISTS (SELECT 1 FROM unnest(u.logins) AS login WHERE login ILIKE $3))
       AND ($4::text IS NULL OR u.role = $4) AND ($5::text IS NULL OR u.status = $5 OR ($5 = 'locked' AND ${lockOfUser} IS NOT NULL))
       AND ($6::text IS NULL OR u.email > $6)
     ORDER BY u.email LIMIT ${userPage + 1}`,
    [principal.organizationId, match, pattern(match), role, status, after],
  );
  const groups = await listGroups(principal);
  const users = found.rows.slice(0, userPage).map((row) => lineOf(principal, row, groups));
  return { users, nextCursor: found.rows.length > userPage ? (users.at(-1)?.email ?? null) : null };
}

/** @throws Problem 404 for what is not there or another organization's */
export async function getUser(principal: Principal, id: string): Promise<UserLine> {
  const found = await pool().query<Row>(
    `SELECT ${columns} FROM users u WHERE u.organization_id = $1 AND u.id = $2`,
    [principal.organizationId, id],
  );
  const [row] = found.rows;
  if (!row) throw notFound("There is no such user.");
  return lineOf(principal, row, await listGroups(principal));
}

function lineOf(
  principal: Principal,
  { reach, groupIds, ...row }: Row,
  known: readonly { id: string; name: string }[],
): UserLine {
  const role = storedRole(row.role);
  const groups = known.filter(({ id }) => groupIds.includes(id)).map(({ id, name }) => ({ id, name }));
  const editable = mayGrant(principal.role, role) && reachCovers(principal.reach, reach);
  return { ...row, role, groups, own: row.id === principal.userId, editable };
}

function pattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
