import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { lockDataFolder, openDataFolder } from "@/bin/data-folder.mjs";
import { withClient } from "@/bin/database-connection.mjs";
import { fingerprint } from "@/bin/fingerprint.mjs";
import { migrate } from "@/bin/migrate.ts";
import { startCluster } from "@/bin/postgres.mjs";
import { root } from "@/bin/prepare.mjs";
import { embeddedRoles, urlFor } from "@/bin/roles.mjs";
import { openSecrets, type Secrets } from "@/bin/secrets.mjs";
import { say, step } from "@/bin/terminal.mjs";
import { recordTables } from "@/lib/record/columns.ts";
import { inChild } from "../child.ts";
import type { Options } from "../options.ts";
import { generatorVersion } from "../records/made.ts";
import type { LoadTask, MeasuredLog } from "./load-log.ts";
import { createOrganizations } from "./organizations.ts";

/** What the database was made of. */
export type Stamp = {
  generatorVersion: number;
  /** Of the migrations: another schema needs another database. */
  migrations: string;
  rows: number;
  exportRows: number;
  /** The end of the record, a full hour. */
  anchorMs: number;
  /** How long the making took. */
  seconds: number;
};

export type BenchFolder = { folder: string; stamp: Stamp };

const hourMs = 3_600_000;
/** Logs are filled side by side, the long ones first. */
const order: readonly MeasuredLog[] = [
  "kubernetes-api-calls",
  "connection-events",
  "commands",
  "audit-log",
  "user-events",
];
const workers = 3;

/** Makes the bench's database, unless there is one of the same generator, schema and size. */
export async function prepareDatabase(options: Options): Promise<BenchFolder> {
  const { rows, exportRows, dataDir, fresh } = options;
  const { folder, cluster, user } = openDataFolder(dataDir, true);
  const file = path.join(folder, "bench.json");
  const wanted = { generatorVersion, migrations: fingerprint(root, ["prisma/migrations"]), rows, exportRows };
  const unlock = lockDataFolder(folder);
  try {
    const found = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Stamp) : undefined;
    if (found && !fresh && isSame(found, wanted)) {
      say(
        `Using the database in ${folder}: ${found.rows} rows a log, up to ${new Date(found.anchorMs).toISOString()}`,
      );
      return { folder, stamp: found };
    }
    rmSync(file, { force: true });
    rmSync(cluster, { recursive: true, force: true });
    const started = performance.now();
    const anchorMs = Math.floor(Date.now() / hourMs) * hourMs;
    const secrets = openSecrets(folder, false);
    const running = await startCluster({
      dataFolder: folder,
      cluster,
      user,
      password: secrets.postgresPassword,
    });
    try {
      await fill(running.superuserUrl, secrets, folder, { rows, exportRows, anchorMs });
    } finally {
      await running.stop();
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    const stamp = { ...wanted, anchorMs, seconds };
    writeFileSync(file, `${JSON.stringify(stamp, null, 2)}\n`);
    say(`Made the database in ${folder} in ${seconds} s`);
    return { folder, stamp };
  } finally {
    unlock();
  }
}

function isSame(found: Stamp, wanted: Omit<Stamp, "anchorMs" | "seconds">): boolean {
  const { anchorMs: _anchor, seconds: _seconds, ...rest } = found;
  return JSON.stringify(rest) === JSON.stringify(wanted);
}

async function fill(
  superuserUrl: string,
  secrets: Secrets,
  folder: string,
  { rows, exportRows, anchorMs }: { rows: number; exportRows: number; anchorMs: number },
): Promise<void> {
  const { ownerUrl } = await embeddedRoles(superuserUrl, secrets);
  await migrate(ownerUrl);
  await withClient(ownerUrl, createOrganizations);
  const url = urlFor(superuserUrl, "postgres", secrets.postgresPassword, "daybook");
  const env = serverEnvironment(url, secrets, folder);
  const waiting = [...order];
  const work = async (): Promise<void> => {
    for (let log = waiting.shift(); log; log = waiting.shift()) {
      const size = log === "audit-log" ? exportRows : rows;
      const task: LoadTask = { log, url, rows: size, anchorMs };
      await step(`Writing ${size} rows to ${recordTables[log]}`, () =>
        inChild("build/load-log.ts", task, env),
      );
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  await withClient(url, async (client) => {
    await noteEntities(client);
    await client.query("VACUUM (ANALYZE) record_receipts, log_counts, log_count_deltas, targets, spaces");
    await client.query("CHECKPOINT");
  });
}

/** Targets and spaces that the records name, which ingestion would have made. */
async function noteEntities(client: import("pg").ClientBase): Promise<void> {
  await client.query(
    `INSERT INTO targets (id, organization_id, kind, name)
     SELECT gen_random_uuid(), organization_id, kind, name FROM (
       SELECT DISTINCT organization_id, kind, target AS name FROM connections
       UNION SELECT DISTINCT organization_id, 'kubernetes', cluster FROM kubernetes_commands) AS t`,
  );
  await client.query(
    `INSERT INTO spaces (id, organization_id, name)
     SELECT gen_random_uuid(), organization_id, space FROM (
       SELECT DISTINCT organization_id, space FROM connections WHERE space IS NOT NULL) AS s`,
  );
}

/** What lib/env.ts asks for, so that the product's own functions run in our processes. */
export function serverEnvironment(
  databaseUrl: string,
  secrets: Secrets,
  folder: string,
): NodeJS.Dict<string> {
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    NEXTAUTH_URL: "http://localhost:3000",
    NEXTAUTH_SECRET: secrets.nextAuthSecret,
    REDACTION_KEY: secrets.redactionKey,
    AUTHORITY_KEY: secrets.authorityKey,
    SEALING_KEY: secrets.sealingKey,
    LOG_LEVEL: "warn",
  };
}
