import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaDrift } from "@/bin/drift.ts";
import { migrate } from "@/bin/migrate.ts";
import { createTestDatabase, type TestDatabase } from "@/lib/db/test-database.ts";

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.ownerUrl);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

test("the migrations make what schema.prisma says", async () => {
  expect(await schemaDrift(database.ownerUrl)).toBe("");
});

test("a second run applies nothing", async () => {
  expect(await migrate(database.ownerUrl)).toEqual([]);
});

test("every entry of the history is finished, as Prisma's own command line expects", async () => {
  const { rows } = await client.query(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL OR applied_steps_count = 0",
  );
  expect(rows).toEqual([]);
});

describe("a migration that does not get to its end", () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "daybook-migrate-"));
    writeFileSync(path.join(folder, "schema.prisma"), 'datasource db {\n  provider = "postgresql"\n}\n');
    mkdirSync(path.join(folder, "migrations"));
    writeFileSync(path.join(folder, "migrations/migration_lock.toml"), 'provider = "postgresql"\n');
    addMigration("1_notes", "CREATE TABLE notes (id int);");
    addMigration(
      "2_counts",
      `CREATE TABLE counts (id int);
       CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN n * 2; END $$;
       INSERT INTO counts SELECT twice(id) FROM missing; -- the last line has a comment`,
    );
    await client.query("DROP SCHEMA daybook_parts, public CASCADE");
    await client.query("CREATE SCHEMA public");
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  function addMigration(name: string, sql: string): void {
    mkdirSync(path.join(folder, "migrations", name));
    writeFileSync(path.join(folder, "migrations", name, "migration.sql"), sql);
  }

  test("names itself and the reason, and leaves nothing behind", async () => {
    await expect(migrate(database.ownerUrl, folder)).rejects.toThrow(
      'The migration 2_counts failed: relation "missing" does not exist',
    );
    expect(
      (await client.query("SELECT to_regclass('notes') AS made, to_regclass('counts') AS cut")).rows,
    ).toEqual([{ made: "notes", cut: null }]);
  });

  test("runs again once the reason is gone", async () => {
    await client.query("CREATE TABLE missing AS SELECT 21 AS id");
    expect(await migrate(database.ownerUrl, folder)).toEqual(["2_counts"]);
    expect((await client.query("SELECT id FROM counts")).rows).toEqual([{ id: 42 }]);
  });

  test("is refused when it was changed after it had run", async () => {
    writeFileSync(path.join(folder, "migrations/1_notes/migration.sql"), "CREATE TABLE notes (id bigint);");
    await expect(migrate(database.ownerUrl, folder)).rejects.toThrow("1_notes was changed after");
  });
});
