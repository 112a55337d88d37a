import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDataFolder } from "@/bin/data-folder.mjs";
import { withClient } from "@/bin/database-connection.mjs";
import { migrate } from "@/bin/migrate.ts";
import { type Cluster, startCluster } from "@/bin/postgres.mjs";
import { foreignRoles, urlFor } from "@/bin/roles.mjs";

// A PostgreSQL of somebody else's, with a database for us and an owner role who may more or less.
let folder: string;
let cluster: Cluster;
const secrets = { appPassword: "made-by-daybook" };

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "daybook-roles-"));
  chmodSync(folder, 0o711);
  const place = openDataFolder(folder, true);
  cluster = await startCluster({ dataFolder: folder, ...place, password: "super", durable: false });
});

afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await asSuperuser(
    "DROP DATABASE IF EXISTS audit WITH (FORCE)",
    "DROP ROLE IF EXISTS daybook_app, dba, web",
    "CREATE ROLE dba LOGIN PASSWORD 'dba'",
    "CREATE DATABASE audit OWNER dba",
  );
});

test("an owner who may create roles makes the application's, and the migrations need no more than that", async () => {
  await asSuperuser("ALTER ROLE dba CREATEROLE");
  const first = await foreignRoles({ databaseUrl: url("dba", "dba"), ownerUrl: undefined }, secrets);
  expect(first).toEqual({ ownerUrl: url("dba", "dba"), appUrl: url("daybook_app", "made-by-daybook") });
  expect(await migrate(first.ownerUrl)).not.toEqual([]);
  expect(await foreignRoles({ databaseUrl: url("dba", "dba"), ownerUrl: undefined }, secrets)).toEqual(first);
});

test("an owner who may not is given the SQL, which then is all it takes", async () => {
  const given = { databaseUrl: url("dba", "dba"), ownerUrl: undefined };
  await asSuperuser(await proposedSql(foreignRoles(given, secrets)));
  expect((await foreignRoles(given, secrets)).appUrl).toBe(url("daybook_app", "made-by-daybook"));
});

test("another installation's role keeps its password", async () => {
  await asSuperuser("CREATE ROLE daybook_app LOGIN PASSWORD 'of the other'", "ALTER ROLE dba CREATEROLE");
  const outcome = foreignRoles({ databaseUrl: url("dba", "dba"), ownerUrl: undefined }, secrets);
  await expect(outcome).rejects.toThrow("ALTER ROLE daybook_app LOGIN PASSWORD 'made-by-daybook';");
});

test("a role of any name may be the application's, once it is a member", async () => {
  await asSuperuser("CREATE ROLE web LOGIN PASSWORD 'web'");
  const given = { databaseUrl: url("web", "web"), ownerUrl: url("dba", "dba") };
  await asSuperuser(await proposedSql(foreignRoles(given, secrets)));
  expect(await foreignRoles(given, secrets)).toEqual({ ownerUrl: given.ownerUrl, appUrl: given.databaseUrl });
  await migrate(given.ownerUrl);
  await withClient(given.databaseUrl, (client) => client.query("SELECT FROM commands"));
});

test("the application's role may neither own nor overrule", async () => {
  const owner = foreignRoles({ databaseUrl: url("dba", "dba"), ownerUrl: url("dba", "dba") }, secrets);
  await expect(owner).rejects.toThrow('role "dba" is the owner too');
  const superuser = foreignRoles(
    { databaseUrl: url("postgres", "super"), ownerUrl: url("dba", "dba") },
    secrets,
  );
  await expect(superuser).rejects.toThrow('role "postgres" is a superuser');
});

test("an owner without the right to create is told which one is missing", async () => {
  await asSuperuser("CREATE ROLE web LOGIN PASSWORD 'web'");
  const outcome = foreignRoles({ databaseUrl: url("web", "web"), ownerUrl: undefined }, secrets);
  await expect(outcome).rejects.toThrow('GRANT CREATE ON DATABASE "audit" TO "web";');
});

test.each([
  ["postgresql://dba:dba@127.0.0.1:1/audit", "The database at 127.0.0.1:1 is unreachable"],
  [
    "postgresql://dba:dba@no-such-host.invalid/audit",
    "The database at no-such-host.invalid:5432 is unreachable",
  ],
  ["dba:wrong/audit", 'does not let the role "dba" in'],
  ["dba:dba/none", 'There is no database "none"'],
])("%s: one line", async (place, line) => {
  const [role = "", password = "", database = ""] = place.split(/[:/]/);
  const databaseUrl = place.startsWith("postgresql:")
    ? place
    : urlFor(cluster.superuserUrl, role, password, database);
  await expect(foreignRoles({ databaseUrl, ownerUrl: undefined }, secrets)).rejects.toThrow(line);
});

function url(role: string, password: string): string {
  return urlFor(cluster.superuserUrl, role, password, "audit");
}

async function asSuperuser(...statements: string[]): Promise<void> {
  await withClient(cluster.superuserUrl, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

/** The SQL that a refusal prints, to be run by somebody who may. */
async function proposedSql(outcome: Promise<unknown>): Promise<string> {
  const message = await outcome.then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : ""),
  );
  const lines = message.split("\n").filter((line) => line.startsWith("  "));
  expect(lines).not.toEqual([]);
  return lines.join("\n");
}
