import pg from "pg";
import { expect } from "vitest";
import { recordTables } from "@/lib/record/columns.ts";
import { databaseState } from "./database-state.ts";
import { createTestDatabase } from "./test-database.ts";

/** What the application's role may read and insert, and nothing else. */
export const insertOnly: readonly string[] = [...Object.values(recordTables), "record_receipts"];

/** Somebody who has taken the application over: its role's connection, and a test database to try it on. */
export type Intruder = {
  app: pg.Client;
  owner: pg.Client;
  /** Inserts a row as the application may, with something in every column that must hold something. */
  insertRow: (table: string) => Promise<void>;
  /** Sends statements one after the other; the last must be refused, with this SQLSTATE, and change nothing. */
  expectRefusal: (statements: readonly string[], code?: string) => Promise<void>;
  /** Sends statements that PostgreSQL takes, and that must be in vain. */
  expectNothing: (statements: readonly string[]) => Promise<void>;
  remove: () => Promise<void>;
};

/** Makes a database with a row in each table of the record, and connects as both roles. */
export async function openIntruder(): Promise<Intruder> {
  const database = await createTestDatabase();
  const owner = await connect(database.ownerUrl);
  const app = await connect(database.appUrl);
  const insertRow = async (table: string): Promise<void> => {
    await app.query(await insertSql(owner, table));
  };
  for (const table of insertOnly) await insertRow(table);
  await owner.query("SELECT ensure_partition('commands', '1999-01-01')");
  return {
    app,
    owner,
    insertRow,
    expectRefusal: async (statements, code = "42501") => {
      const before = await databaseState(owner);
      for (const statement of statements.slice(0, -1)) await app.query(statement);
      const end = await app.query(statements.at(-1) ?? "").then(
        () => "not refused",
        (error: unknown) => (error instanceof pg.DatabaseError ? error.code : String(error)),
      );
      await forget(app);
      expect(await databaseState(owner)).toEqual(before);
      expect(end).toBe(code);
    },
    expectNothing: async (statements) => {
      const before = await databaseState(owner);
      for (const statement of statements) await app.query(statement);
      await forget(app);
      expect(await databaseState(owner)).toEqual(before);
    },
    remove: async () => {
      await app.end();
      await owner.end();
      await database.drop();
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Leaves a role, a setting or a table of its own to nobody. */
async function forget(app: pg.Client): Promise<void> {
  await app.query("ROLLBACK");
  await app.query("DISCARD ALL");
}

const something: { [type: string]: string } = {
  uuid: "gen_random_uuid()",
  "timestamp with time zone": "now()",
  bytea: "'\\x00'",
  text: "'x'",
  smallint: "1",
  integer: "1",
};

async function insertSql(owner: pg.Client, table: string): Promise<string> {
  const found = await owner.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL`,
    [table],
  );
  const names = found.rows.map(({ name }) => name).join(", ");
  const values = found.rows.map(({ type }) => something[type]).join(", ");
  return `INSERT INTO public.${table} (${names}) VALUES (${values})`;
}
