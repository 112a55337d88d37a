import type { ClientBase } from "pg";
import { v5 as uuidv5 } from "uuid";
import { newToken } from "@/lib/auth/server/tokens.ts";
import type { Scope } from "@/lib/logs/server/sql.ts";
import { organizationId } from "./organizations.ts";

/** A person who sees a part of the record, with a token for the run and what the part is in SQL. */
export type Reader = { token: string; scope: Scope; sees: string };

const organization = organizationId("main");
/** Sessions that are shared with the auditor from outside: the oldest, which a walk from the newest row finds last. */
const sharedSessions = 2000;

/** Readers of one target of hundreds, of one space with a tenth of the rows, and of shared sessions alone. */
export async function grantReaders(
  client: ClientBase,
): Promise<{ target: Reader; space: Reader; shared: Reader }> {
  const target = await nameWithShare(client, "target", 1 / 300);
  const space = await nameWithShare(client, "space", 1 / 10);
  return {
    target: await scoped(client, "target", target.name, target.share),
    space: await scoped(client, "space", space.name, space.share),
    shared: await sharedOnly(client),
  };
}

/** The target or space whose share of the commands is nearest to one. */
async function nameWithShare(
  client: ClientBase,
  column: "target" | "space",
  share: number,
): Promise<{ name: string; share: number }> {
  const found = await client.query<{ name: string; share: number }>(
    `SELECT ${column} AS name, (count(*) / sum(count(*)) OVER ())::float8 AS share FROM commands
     WHERE organization_id = $1 AND ${column} IS NOT NULL GROUP BY 1
     ORDER BY abs(count(*) / sum(count(*)) OVER () - $2), 1 LIMIT 1`,
    [organization, share],
  );
  const [row] = found.rows;
  if (!row) throw new Error(`no command has a ${column}`);
  return row;
}

async function scoped(
  client: ClientBase,
  kind: "target" | "space",
  name: string,
  share: number,
): Promise<Reader> {
  const reader = await addReader(client, `reader of a ${kind}`, false);
  await client.query("INSERT INTO groups (id, organization_id, name) VALUES ($1, $2, $3)", [
    reader.userId,
    organization,
    `Bench: readers of a ${kind}`,
  ]);
  await client.query("INSERT INTO group_members (group_id, user_id) VALUES ($1, $1)", [reader.userId]);
  await client.query("INSERT INTO group_scopes (group_id, kind, name) VALUES ($1, $2, $3)", [
    reader.userId,
    kind,
    name,
  ]);
  const reach = { spaces: kind === "space" ? [name] : [], targets: kind === "target" ? [name] : [] };
  return {
    token: reader.token,
    scope: { organizationId: organization, within: { reach, by: "space and target" } },
    sees: `${(share * 100).toFixed(1)} % of the rows`,
  };
}

async function sharedOnly(client: ClientBase): Promise<Reader> {
  const { userId, token } = await addReader(client, "auditor of shared sessions", true);
  await client.query(
    `INSERT INTO session_shares (id, organization_id, connection_id, user_id, reason, until, created_by)
     SELECT gen_random_uuid(), $1, connection_id, $2, 'bench', (now() + interval '30 days')::date, 'bench'
     FROM commands WHERE organization_id = $1 AND connection_id IS NOT NULL
     GROUP BY connection_id ORDER BY min(time), connection_id LIMIT $3`,
    [organization, userId, sharedSessions],
  );
  await client.query("ANALYZE session_shares");
  return {
    token,
    scope: { organizationId: organization, shared: { userId, by: "connection_id" } },
    sees: `${sharedSessions} old ones`,
  };
}

/** An auditor of the organization; one of an earlier run goes first, with what was given to them. */
async function addReader(
  client: ClientBase,
  name: string,
  shared: boolean,
): Promise<{ userId: string; token: string }> {
  const userId = uuidv5(name, organization);
  const { token, shownPrefix, hash } = newToken("dbk_");
  await client.query("DELETE FROM session_shares WHERE user_id = $1", [userId]);
  await client.query("DELETE FROM groups WHERE id = $1", [userId]);
  await client.query("DELETE FROM users WHERE id = $1", [userId]);
  await client.query(
    `INSERT INTO users (id, organization_id, email, name, role, shared_only, global_scope)
     VALUES ($1, $2, $3, $4, 'auditor', $5, $5)`,
    [userId, organization, `${userId}@bench.example`, name, shared],
  );
  await client.query(
    `INSERT INTO api_tokens (id, organization_id, user_id, name, prefix, hash, scopes)
     VALUES (gen_random_uuid(), $1, $2, 'bench', $3, $4, $5)`,
    [organization, userId, shownPrefix, hash, ["logs:read"]],
  );
  return { userId, token };
}
