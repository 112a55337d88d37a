import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { lockDataFolder, openDataFolder } from "@/bin/data-folder.mjs";
import { withClient } from "@/bin/database-connection.mjs";
import { databaseUser } from "@/bin/database-user.mjs";
import { migrate } from "@/bin/migrate.ts";
import { startCluster } from "@/bin/postgres.mjs";
import { postgresBinaries } from "@/bin/postgres-binaries.mjs";
import { takeOver } from "@/bin/postgres-takeover.mjs";
import { embeddedRoles, urlFor } from "@/bin/roles.mjs";
import { openSecrets } from "@/bin/secrets.mjs";
import { Failure } from "@/bin/terminal.mjs";

/** What the tests of a run share: a cluster, and in it a migrated database that each test's is a copy of. */
interface TestCluster {
  superuserUrl: string;
  ownerUrl: string;
  appUrl: string;
  /** Why the migrations failed; then every test that needs a database fails with it, and the others still run. */
  failure: string | null;
}

declare module "vitest" {
  interface ProvidedContext {
    cluster: TestCluster;
  }
}

/** Of folders with a cluster, which a later run may remove: nothing else bears it. */
const prefix = "daybook-test-";

/** Vitest's global set-up: one PostgreSQL for the whole run, in a temporary folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const temporary = mkdtempSync(path.join(os.tmpdir(), prefix));
  chmodSync(temporary, 0o711);
  const { folder: dataFolder, cluster, user } = openDataFolder(temporary, true);
  const unlock = lockDataFolder(dataFolder);
  const secrets = openSecrets(dataFolder, false);
  const { superuserUrl, stop } = await startCluster({
    dataFolder,
    cluster,
    user,
    password: secrets.postgresPassword,
    durable: false,
  });
  const urls = await embeddedRoles(superuserUrl, secrets);
  const failure = await migrate(urls.ownerUrl).then(
    () => null,
    (error: unknown) => `The migrations failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  project.provide("cluster", { superuserUrl, ...urls, failure });
  return async () => {
    await stop();
    unlock();
    rmSync(dataFolder, { recursive: true });
  };
}

/** Ends and removes the clusters of runs that were killed; those of runs under way are locked. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dataFolder = path.join(os.tmpdir(), name);
    const cluster = path.join(dataFolder, "postgres");
    try {
      lockDataFolder(dataFolder);
    } catch (error) {
      if (error instanceof Failure) continue;
      throw error;
    }
    const user = databaseUser(cluster);
    if (existsSync(cluster)) await takeOver(postgresBinaries(dataFolder, user), cluster, user);
    rmSync(dataFolder, { recursive: true });
  }
}

/** A database of its own, as the migrations leave it. */
export interface TestDatabase {
  /** Connects as the role that owns the tables. */
  ownerUrl: string;
  /** Connects as the role that the application runs under. */
  appUrl: string;
  /** Removes the database, whoever is still connected. */
  drop: () => Promise<void>;
}

/**
 * Makes a database for one test file or test. It takes a quarter of a second, so once per file is better than once per test.
 *
 * @throws the migrations' error, when they failed
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { superuserUrl, ownerUrl, appUrl, failure } = inject("cluster");
  if (failure !== null) throw new Error(failure);
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withClient(superuserUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE daybook OWNER daybook_owner`),
  );
  return {
    ownerUrl: inDatabase(ownerUrl, name),
    appUrl: inDatabase(appUrl, name),
    drop: async () => {
      await withClient(superuserUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

function inDatabase(url: string, database: string): string {
  const { username, password } = new URL(url);
  return urlFor(url, decodeURIComponent(username), decodeURIComponent(password), database);
}
