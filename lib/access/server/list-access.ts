import "server-only";
import { isSharedOnly, type Role } from "@/lib/auth/roles.ts";
import { reachOfUser } from "@/lib/auth/server/reach.ts";
import { storedRole } from "@/lib/auth/server/sessions.ts";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { likeText } from "@/lib/logs/server/sql.ts";
import { openShares } from "@/lib/shares/server/shared.ts";
import { type AccessLine, type AccessPage, type AccessQuery, accessPage } from "../access.ts";

/** A page of the people of an organization, by address, with what each may see at this moment. */
export async function listAccess(
  organizationId: string,
  query: AccessQuery,
  limit = accessPage,
): Promise<AccessPage> {
  const found = await pool().query<Omit<AccessLine, "role"> & { role: string }>(
    pageSql(organizationId, query, limit + 1),
  );
  const people = found.rows.slice(0, limit).map((line): AccessLine => {
    const role: Role = storedRole(line.role);
    return { ...line, role, sharedOnly: isSharedOnly(role, line.sharedOnly) };
  });
  const last = people.at(-1);
  return { people, nextCursor: found.rows.length > limit && last ? last.email : null };
}

function pageSql(organizationId: string, query: AccessQuery, limit: number): Prisma.Sql {
  const { match, role, status, group, space, target, after } = query;
  const like = `%${likeText(match)}%`;
  const reach = reachOfUser;
  const conditions = [
    Prisma.sql`u.organization_id = ${organizationId}::uuid`,
    ...(match === "" ? [] : [Prisma.sql`(u.email ILIKE ${like} OR u.name ILIKE ${like})`]),
    ...(role === undefined ? [] : [Prisma.sql`u.role = ${role}`]),
    ...(status === undefined ? [] : [Prisma.sql`u.status = ${status}`]),
    ...(after === undefined ? [] : [Prisma.sql`u.email > ${after}`]),
    ...(group === undefined
      ? []
      : [
          Prisma.sql`EXISTS (SELECT FROM group_members m WHERE m.user_id = u.id AND m.group_id = ${group}::uuid)`,
        ]),
    ...(space === undefined ? [] : [within(reach, "spaces", space)]),
    ...(target === undefined ? [] : [within(reach, "targets", target)]),
  ];
  const names = (kind: "space" | "target"): Prisma.Sql => Prisma.sql`ARRAY(SELECT s.name FROM group_scopes s
    WHERE s.group_id = g.id AND s.kind = ${kind} ORDER BY s.name)`;
  return Prisma.sql`
    SELECT u.id, u.email, u.name, u.role, u.status, u.logins, u.shared_only AS "sharedOnly",
      EXISTS (SELECT FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS "secondFactor",
      u.global_scope AS "globalScope", ${reach} AS reach,
      (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'globalScope', g.global_scope,
          'spaces', ${names("space")}, 'targets', ${names("target")}) ORDER BY lower(g.name), g.id), '[]')
        FROM group_members m JOIN groups g ON g.id = m.group_id
        WHERE m.user_id = u.id AND g.organization_id = u.organization_id) AS groups,
      (SELECT count(*)::int FROM session_shares s WHERE s.user_id = u.id AND ${openShares}) AS shares,
      (SELECT count(*)::int FROM api_tokens t WHERE t.user_id = u.id AND t.revoked_at IS NULL
        AND (t.expires_at IS NULL OR t.expires_at > now())) AS tokens,
      to_char(u.last_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "lastSeenAt"
    FROM users u WHERE ${Prisma.join(conditions, " AND ")} ORDER BY u.email LIMIT ${limit}`;
}

function within(reach: Prisma.Sql, kind: "spaces" | "targets", name: string): Prisma.Sql {
  return Prisma.sql`((${reach})::jsonb = '"all"'::jsonb OR (${reach})::jsonb->${kind}::text ? ${name})`;
}
