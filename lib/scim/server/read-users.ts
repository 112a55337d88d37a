import "server-only";
import type { Role } from "@/lib/auth/roles.ts";
import { pool } from "@/lib/db/client.ts";
import type { ScimContext } from "./context.ts";
import { notThere } from "./errors.ts";
import type { Equal, Lists, Part } from "./lists.ts";

/** An account as SCIM shows it (RFC 7643, section 4.1), as far as Daybook keeps it. */
export type ScimUser = {
  id: string;
  externalId?: string;
  userName: string;
  displayName: string;
  name: { formatted: string };
  active: boolean;
  emails: { value: string; type: "work"; primary: true }[];
  roles: { value: string; primary: true }[];
  groups: { value: string; display: string; type: "direct" }[];
  meta: { created: Date };
};

type Row = {
  id: string;
  email: string;
  name: string;
  role: Role;
  status: string;
  externalId: string | null;
  created: Date;
  groups: { value: string; display: string }[];
};

const rowsOfUsers = `identity_links l JOIN users u ON u.id = l.user_id
  WHERE l.provider_id = $1 AND u.organization_id = $2 AND ($3::uuid IS NULL OR l.user_id = $3)
    AND ($4::text IS NULL OR u.email = $4) AND ($5::text IS NULL OR l.external_id = $5)
    AND ($6::text IS NULL OR u.name = $6)`;

function values({ provider }: ScimContext, { id, userName, externalId, displayName }: Equal): unknown[] {
  const { organizationId } = provider;
  const email = userName?.toLowerCase();
  return [provider.id, organizationId, id ?? null, email ?? null, externalId ?? null, displayName ?? null];
}

/** The accounts of the provider. The few groups of one are found first, whatever the planner thinks of the many. */
export async function readUsers(context: ScimContext, part: Part): Promise<ScimUser[]> {
  const found = await pool().query<Row>(
    `SELECT u.id, u.email, u.name, u.role, u.status, l.external_id AS "externalId", l.created_at AS created,
       coalesce((SELECT json_agg(json_build_object('value', g.id, 'display', g.name) ORDER BY g.name)
         FROM (SELECT group_id FROM group_members WHERE user_id = u.id OFFSET 0) m JOIN groups g ON g.id = m.group_id
         JOIN identity_groups i ON i.group_id = g.id AND i.provider_id = l.provider_id), '[]') AS groups
     FROM ${rowsOfUsers} AND ($7::uuid IS NULL OR l.user_id > $7)
     ORDER BY l.user_id LIMIT $8 OFFSET $9`,
    [...values(context, part.equal), part.after ?? null, part.limit, part.offset ?? 0],
  );
  return found.rows.map(shown);
}

async function countUsers(context: ScimContext, equal: Equal): Promise<number> {
  const found = await pool().query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${rowsOfUsers}`,
    values(context, equal),
  );
  return found.rows[0]?.n ?? 0;
}

export const listsOfUsers: Lists<ScimUser> = {
  comparable: ["id", "userName", "externalId", "displayName"],
  read: readUsers,
  count: countUsers,
  batch: 200,
};

/** @throws a fault of SCIM when the provider has no such account */
export async function oneUser(context: ScimContext, id: string): Promise<ScimUser> {
  const [user] = await readUsers(context, { equal: { id }, limit: 1 });
  if (!user) throw notThere();
  return user;
}

function shown({ id, email, name, role, status, externalId, created, groups }: Row): ScimUser {
  return {
    id,
    ...(externalId === null ? {} : { externalId }),
    userName: email,
    displayName: name,
    name: { formatted: name },
    active: status !== "disabled",
    emails: [{ value: email, type: "work", primary: true }],
    roles: [{ value: role, primary: true }],
    groups: groups.map((group) => ({ ...group, type: "direct" })),
    meta: { created },
  };
}
