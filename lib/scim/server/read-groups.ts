import "server-only";
import { pool } from "@/lib/db/client.ts";
import type { ScimContext } from "./context.ts";
import { notThere } from "./errors.ts";
import type { Equal, Lists, Part } from "./lists.ts";

/** A group as SCIM shows it (RFC 7643, section 4.2); its members are the provider's accounts alone. */
export type ScimGroup = {
  id: string;
  externalId?: string;
  displayName: string;
  members: { value: string; display: string; type: "User" }[];
  meta: { created: Date };
};

export type GroupRow = Omit<ScimGroup, "members" | "externalId" | "meta"> & {
  externalId: string | null;
  created: Date;
  made: boolean;
  members: { value: string; display: string }[];
};

/** Those that the provider made, and those that stand for one of its own under its name for it. */
const rowsOfGroups = `(SELECT g.id, i.external_id AS "externalId", i.created_at AS created, i.made, i.provider_id,
    CASE WHEN i.made THEN g.name ELSE coalesce(
      (SELECT min(v.value) FROM identity_group_values v WHERE v.provider_id = i.provider_id AND v.group_id = g.id),
      g.name) END AS "displayName"
  FROM identity_groups i JOIN groups g ON g.id = i.group_id
  WHERE i.provider_id = $1 AND g.organization_id = $2) AS g
  WHERE ($3::uuid IS NULL OR g.id = $3) AND ($4::text IS NULL OR g."externalId" = $4)
    AND ($5::text IS NULL OR g."displayName" = $5)`;

function values({ provider }: ScimContext, { id, externalId, displayName }: Equal): unknown[] {
  return [provider.id, provider.organizationId, id ?? null, externalId ?? null, displayName ?? null];
}

async function readRows(context: ScimContext, { equal, after, offset, limit }: Part): Promise<GroupRow[]> {
  const found = await pool().query<GroupRow>(
    `SELECT g.id, g."externalId", g.created, g.made, g."displayName",
       coalesce((SELECT json_agg(json_build_object('value', u.id, 'display', u.email) ORDER BY u.email)
         FROM group_members m JOIN users u ON u.id = m.user_id
         JOIN identity_links l ON l.user_id = u.id AND l.provider_id = g.provider_id WHERE m.group_id = g.id), '[]') AS members
     FROM ${rowsOfGroups} AND ($6::uuid IS NULL OR g.id > $6) ORDER BY g.id LIMIT $7 OFFSET $8`,
    [...values(context, equal), after ?? null, limit, offset ?? 0],
  );
  return found.rows;
}

async function countGroups(context: ScimContext, equal: Equal): Promise<number> {
  const found = await pool().query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${rowsOfGroups}`,
    values(context, equal),
  );
  return found.rows[0]?.n ?? 0;
}

export const listsOfGroups: Lists<ScimGroup> = {
  comparable: ["id", "externalId", "displayName"],
  read: async (context, part) => (await readRows(context, part)).map(shownGroup),
  count: countGroups,
  // Each comes with its members.
  batch: 50,
};

/** @throws a fault of SCIM when the provider has no such group */
export async function oneGroup(context: ScimContext, id: string): Promise<GroupRow> {
  const [row] = await readRows(context, { equal: { id }, limit: 1 });
  if (!row) throw notThere();
  return row;
}

export function shownGroup({ id, externalId, displayName, created, members }: GroupRow): ScimGroup {
  return {
    id,
    ...(externalId === null ? {} : { externalId }),
    displayName,
    members: members.map((member) => ({ ...member, type: "User" })),
    meta: { created },
  };
}
