import { randomBytes } from "node:crypto";
import type { ClientBase } from "pg";
import { v5 as uuidv5 } from "uuid";
import { newToken } from "@/lib/auth/server/tokens.ts";
import { makeWorld, type World } from "../records/made.ts";

/**
 * The organizations of the bench: two with records, one that takes what is ingested and one for the rows of
 * the ingestion's baseline; what the last two get is removed after each run.
 */
export const organizations = {
  main: { name: "Bench", domain: "bench.example" },
  other: { name: "Neighbour", domain: "neighbour.example" },
  ingestion: { name: "Ingestion", domain: "ingestion.example" },
  baseline: { name: "Baseline", domain: "baseline.example" },
} as const;

export type OrganizationKey = keyof typeof organizations;

const namespace = "5d1b2b8e-0f7a-4c4e-9d0e-6a7f3c2b1a90";

export function organizationId(key: OrganizationKey): string {
  return uuidv5(organizations[key].domain, namespace);
}

/** The source that a log's records of an organization come from. */
export function sourceId(key: OrganizationKey, log: string): string {
  return uuidv5(`${organizations[key].domain} ${log}`, namespace);
}

export function userId(key: OrganizationKey): string {
  return uuidv5(`user of ${organizations[key].domain}`, namespace);
}

/** The organizations that have records from the beginning, with what these are made from. */
export function worlds(rows: number, anchorMs: number): { key: OrganizationKey; world: World }[] {
  const neighbours = Math.ceil(rows / 20);
  return [
    {
      key: "main",
      world: makeWorld(organizations.main.domain, anchorMs, rows, { people: 400, machines: 300 }),
    },
    {
      key: "other",
      world: makeWorld(organizations.other.domain, anchorMs, neighbours, { people: 40, machines: 30 }),
    },
  ];
}

const logs = ["commands", "kubernetes-api-calls", "connection-events", "user-events", "audit-log"];

/** Writes organizations, their sources and one superuser each; nobody can sign in before a run gives out tokens. */
export async function createOrganizations(client: ClientBase): Promise<void> {
  for (const [place, key] of (Object.keys(organizations) as OrganizationKey[]).entries()) {
    const id = organizationId(key);
    const { name, domain } = organizations[key];
    await client.query(
      "INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, now() + $3 * interval '1 ms')",
      [id, name, place],
    );
    await client.query(
      `INSERT INTO users (id, organization_id, email, name, role) VALUES ($1, $2, $3, 'Bench', 'superuser')`,
      [userId(key), id, `bench@${domain}`],
    );
    const sources = [
      { log: "daybook", name: "Daybook", kind: "daybook" },
      ...logs.map((log) => ({ log, name: `Records of ${log}`, kind: "native" })),
    ];
    for (const source of sources) {
      await client.query(
        "INSERT INTO sources (id, organization_id, name, kind, token_prefix, token_hash) VALUES ($1, $2, $3, $4, '', $5)",
        [sourceId(key, source.log), id, source.name, source.kind, randomBytes(32)],
      );
    }
  }
}

/** Gives an organization's superuser an API token for the run. */
export async function grantApiToken(client: ClientBase, key: OrganizationKey): Promise<string> {
  const { token, shownPrefix, hash } = newToken("dbk_");
  await client.query("DELETE FROM api_tokens WHERE user_id = $1", [userId(key)]);
  await client.query(
    `INSERT INTO api_tokens (id, organization_id, user_id, name, prefix, hash, scopes)
     VALUES (gen_random_uuid(), $1, $2, 'bench', $3, $4, $5)`,
    [
      organizationId(key),
      userId(key),
      shownPrefix,
      hash,
      ["logs:read", "audit-log:read", "exports:create", "recordings:read"],
    ],
  );
  return token;
}

/** Gives a source a token for the run. */
export async function grantSourceToken(
  client: ClientBase,
  key: OrganizationKey,
  log: string,
): Promise<string> {
  const { token, shownPrefix, hash } = newToken("dbs_");
  await client.query("UPDATE sources SET token_prefix = $2, token_hash = $3 WHERE id = $1", [
    sourceId(key, log),
    shownPrefix,
    hash,
  ]);
  return token;
}
