import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
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
