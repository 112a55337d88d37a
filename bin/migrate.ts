import { pathToFileURL } from "node:url";
import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { withClient } from "./database-connection.mjs";
import { noFilters, readMigrations, withSchemaEngine } from "./schema-engine.ts";

/**
 * Applies the migrations of prisma/migrations that the database does not have yet, each in one transaction.
 * The history is Prisma's own (`_prisma_migrations`): `prisma migrate deploy` goes on where this ends.
 *
 * @param ownerUrl the role that owns the tables
 * @param prismaFolder the folder of schema.prisma and migrations/
 * @returns the names of the migrations that were applied now
 * @throws when one fails, naming it and the database's reason; when the history and the folder disagree
 */
export async function migrate(ownerUrl: string, prismaFolder?: string): Promise<string[]> {
  const migrationsList = readMigrations(prismaFolder);
  let failed: string | undefined;
  const apply = async (engine: SchemaEngine) => {
    const history = () =>
      engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: noFilters });
    const { editedMigrationNames, failedMigrationNames } = await history();
    const edited = editedMigrationNames.find((name) => !failedMigrationNames.includes(name));
    if (edited) throw new Error(`The migration ${edited} was changed after this database had run it.`);
    // One that was cut off or failed has changed nothing (see schema-engine.ts): it runs again.
    for (const migrationName of failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
    try {
      return (await engine.applyMigrations({ migrationsList, filters: noFilters })).appliedMigrationNames;
    } catch (error) {
      failed = (await history()).failedMigrationNames[0];
      throw error;
    }
  };
  try {
    const applied = await withSchemaEngine(ownerUrl, apply, prismaFolder);
    await beginEpoch(ownerUrl);
    return applied;
  } catch (error) {
    if (failed === undefined || !(error instanceof Error)) throw error;
    throw new Error(`The migration ${failed} failed: ${error.message}`, { cause: error });
  }
}

/** Transaction ids start anew in a restored dump; the order of the record must not (see begin_epoch in the migrations). */
async function beginEpoch(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    const { rowCount } = await client.query("SELECT WHERE to_regprocedure('begin_epoch()') IS NOT NULL");
    if (rowCount === 1) await client.query("SELECT begin_epoch()");
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const url = process.env["DATABASE_OWNER_URL"];
  if (!url)
    throw new Error("DATABASE_OWNER_URL is not set: migrations run as the role that owns the tables.");
  try {
    const applied = await migrate(url);
    process.stdout.write(applied.map((name) => `  applied ${name}\n`).join(""));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
