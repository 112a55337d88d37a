import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordTables } from "@/lib/record/columns.ts";
import { type Intruder, openIntruder } from "./test-intruder.ts";

// As rights.test.ts, beyond the tables of the record: partitions, counts, functions of the owner, the cluster.

let intruder: Intruder;
beforeAll(async () => {
  intruder = await openIntruder();
});
afterAll(() => intruder.remove());

describe("the application's role", () => {
  const month = "to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')";
  const part = "daybook_parts.commands_1999_01";

  it.each<[string, ...string[]]>([
    ["reading a partition", `SELECT * FROM ${part}`],
    ["writing into a partition, past the triggers", `INSERT INTO ${part} DEFAULT VALUES`],
    ["deleting from a partition", `DELETE FROM ${part}`],
    ["dropping a partition", `DROP TABLE ${part}`],
    ["making a table among the partitions", "CREATE TABLE daybook_parts.mine (n int)"],
    ["taking a partition off", `ALTER TABLE commands DETACH PARTITION ${part}`],
    [
      "putting a partition in",
      "CREATE TABLE mine PARTITION OF commands FOR VALUES FROM ('1991-01-01') TO ('1991-02-01')",
    ],
    ["finding this month's partition", `SELECT (SELECT 'daybook_parts.commands_' || ${month})::regclass`],
    ["dropping the schema of partitions", "DROP SCHEMA daybook_parts CASCADE"],
    ["dropping the schema of tables", "DROP SCHEMA public CASCADE"],
    ["heirs of the receipts", "CREATE TEMP TABLE heir () INHERITS (public.record_receipts)"],
    ["removing a month", "SELECT drop_month('commands', now()::date)"],
    ["a new epoch", "SELECT begin_epoch()"],
    [
      "another function in place of one",
      "CREATE OR REPLACE FUNCTION fold_counts() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'",
    ],
    ["dropping a function", "DROP FUNCTION fold_counts()"],
    ["a function in public", "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    [
      "an operator in public",
      "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    ],
    ["a table in public", "CREATE TABLE public.mine (n int)"],
    ["a schema of its own", "CREATE SCHEMA mine"],
    ["dropping a trigger", "DROP TRIGGER count_new ON commands"],
    [
      "an event trigger",
      "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION public.move_forward()",
    ],
    [
      "writing counts",
      "INSERT INTO log_counts VALUES (gen_random_uuid(), 'commands', 'user', now(), 'x', 1)",
    ],
    ["changing counts", "UPDATE log_counts SET n = 0"],
    ["deleting counts", "DELETE FROM log_counts"],
    [
      "writing deltas",
      "INSERT INTO log_count_deltas (organization_id, log, field, bucket, value, n) VALUES (gen_random_uuid(), 'commands', 'user', now(), 'x', 1)",
    ],
    ["deleting deltas", "DELETE FROM log_count_deltas"],
    ["truncating deltas", "TRUNCATE log_count_deltas"],
    ["writing epochs", "INSERT INTO epochs VALUES (99, 'x')"],
    ["changing epochs", "UPDATE epochs SET system_identifier = 'x'"],
    ["deleting epochs", "DELETE FROM epochs"],
    ["setting the sequence back", "SELECT setval('record_seq', 1)"],
    ["restarting the sequence", "ALTER SEQUENCE record_seq RESTART"],
    ["changing what a workflow began with", "UPDATE open_workflows SET facts = '{}'"],
    ["the history of migrations", "DELETE FROM _prisma_migrations"],
    ["the owner's role", "SET ROLE daybook_owner"],
    ["the owner's role by set_config", "SELECT set_config('role', 'daybook_owner', false)"],
    ["the owner's session", "SET SESSION AUTHORIZATION daybook_owner"],
    ["membership", "GRANT daybook_owner TO daybook_app"],
    ["a higher role", "ALTER ROLE daybook_app CREATEROLE"],
    ["a new role", "CREATE ROLE daybook_mine"],
    ["the owner's property", "REASSIGN OWNED BY daybook_owner TO daybook_app"],
    ["dropping the owner's property", "DROP OWNED BY daybook_owner"],
    [
      "default rights of the owner",
      "ALTER DEFAULT PRIVILEGES FOR ROLE daybook_owner GRANT ALL ON TABLES TO daybook_app",
    ],
    ["triggers off", "SET session_replication_role = replica"],
    ["changing the catalogue", "UPDATE pg_trigger SET tgenabled = 'D'"],
    ["changing the catalogue's rules", "SET allow_system_table_mods = on"],
    ["reading password hashes", "SELECT * FROM pg_authid"],
    ["server settings", "ALTER SYSTEM SET fsync = off"],
    ["a program", "COPY (SELECT 1) TO PROGRAM 'true'"],
    ["input from a program", "CREATE TEMP TABLE io (line text); COPY io FROM PROGRAM 'true'"],
    ["writing a file", "COPY (SELECT 1) TO '/tmp/daybook-rights-test'"],
    ["reading a file", "SELECT pg_read_file('postgresql.conf')"],
    ["reading a file as a large object", "SELECT lo_import('/etc/hostname')"],
    ["writing a file from a large object", "SELECT lo_export(0, '/tmp/daybook-rights-test')"],
    ["a library", "LOAD '/tmp/mine.so'"],
    ["a function in C", "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE c AS '/tmp/mine.so', 'mine'"],
    ["an extension", "CREATE EXTENSION dblink"],
    ["dropping an extension", "DROP EXTENSION pg_trgm CASCADE"],
    ["a cast between types of PostgreSQL", "CREATE CAST (text AS timestamptz) WITH INOUT AS IMPLICIT"],
    ["a publication", "CREATE PUBLICATION mine FOR ALL TABLES"],
    ["a replication slot", "SELECT pg_create_physical_replication_slot('mine')"],
    ["the write-ahead log", "SELECT pg_switch_wal()"],
  ])("is refused %s", async (_name, ...statements) => {
    await intruder.expectRefusal(statements);
  });

  it("cannot vacuum or reindex the record", async () => {
    await intruder.expectNothing(["VACUUM FULL record_receipts", "VACUUM commands"]);
    await intruder.expectRefusal(["REINDEX TABLE record_receipts"]);
  });

  it("makes partitions of the five tables only, within the bounds of the record", async () => {
    await intruder.expectRefusal(["SELECT ensure_partition('users', now()::date)"], "22023");
    await intruder.expectRefusal(
      ["SELECT ensure_partition('commands; DROP TABLE users', now()::date)"],
      "22023",
    );
    await intruder.expectRefusal(["SELECT ensure_partition('commands', '1989-12-31')"], "22008");
    await intruder.expectRefusal(
      ["SELECT ensure_partition('commands', (now() + interval '2 years')::date)"],
      "22008",
    );
  });

  it("overwrites no receipt with ON CONFLICT", async () => {
    const values = "SELECT source_id, record_id, '\\x01' FROM record_receipts LIMIT 1";
    const insert = `INSERT INTO record_receipts (source_id, record_id, content_hash) ${values}`;
    await intruder.expectRefusal([
      `${insert} ON CONFLICT (source_id, record_id) DO UPDATE SET content_hash = excluded.content_hash`,
    ]);
    await intruder.expectNothing([`${insert} ON CONFLICT DO NOTHING`]);
    await intruder.expectRefusal([insert], "23505");
  });

  it("writes a row twice under no key", async () => {
    const found = await intruder.owner.query<{ names: string }>(
      `SELECT string_agg(column_name, ', ') AS names FROM information_schema.columns
       WHERE table_name = 'audit_events' AND column_name NOT IN ('epoch', 'xid8', 'seq')`,
    );
    const names = found.rows[0]?.names;
    const again = `INSERT INTO audit_events (${names}) SELECT ${names} FROM audit_events LIMIT 1`;
    await intruder.expectRefusal([again], "23505");
  });

  it("cannot lead the functions of the owner to tables and functions of its own", async () => {
    const shadows = [
      "CREATE TEMP TABLE log_count_deltas (LIKE public.log_count_deltas)",
      "CREATE TEMP TABLE log_counts (LIKE public.log_counts)",
      "CREATE TEMP TABLE kubernetes_api_calls (LIKE public.kubernetes_api_calls)",
      "CREATE FUNCTION pg_temp.date_trunc(text, timestamptz, text) RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.commands; RETURN $2; END $$",
      "CREATE FUNCTION pg_temp.hashtextextended(text, bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.commands; RETURN 1; END $$",
      "SET search_path = pg_temp, public, pg_catalog",
    ];
    const totals =
      "SELECT sum(n)::int AS n FROM (SELECT n FROM public.log_counts UNION ALL SELECT n FROM public.log_count_deltas) both_parts";
    const rows = "SELECT count(*)::int AS n FROM commands";
    const before = { totals: await read(totals), rows: await read(rows) };
    for (const statement of shadows) await intruder.app.query(statement);
    await intruder.app.query("SELECT public.fold_counts()");
    await intruder.insertRow("commands");
    await intruder.app.query("SELECT public.ensure_partition('commands', '1998-01-01')");
    expect((await intruder.app.query("SELECT FROM pg_temp.log_count_deltas")).rowCount).toBe(0);
    expect((await intruder.app.query("SELECT FROM pg_temp.log_counts")).rowCount).toBe(0);
    // Outcome, user and target of the one row.
    expect(await read(totals)).toBe(before.totals + 3);
    expect(await read(rows)).toBe(before.rows + 1);
  });

  it("cannot make the owner's triggers fire on a table of its own, and so forge counts", async () => {
    const columns =
      "organization_id uuid, time timestamptz, outcome text, user_name text, target text, target_user text, space text";
    await intruder.expectRefusal([`CREATE TEMP TABLE bait (${columns})`, triggerOn("bait")]);
  });

  it("cannot make the owner's triggers run its code, by a cast of its own", async () => {
    const columns =
      "organization_id uuid, time pg_temp.bait_time, outcome text, user_name text, target text, target_user text, space text";
    await intruder.expectRefusal([
      "CREATE TYPE pg_temp.bait_time AS (time timestamptz)",
      `CREATE FUNCTION pg_temp.unpack(pg_temp.bait_time) RETURNS timestamptz LANGUAGE plpgsql
        AS $$ BEGIN DELETE FROM public.commands; RETURN $1.time; END $$`,
      "CREATE CAST (pg_temp.bait_time AS timestamptz) WITH FUNCTION pg_temp.unpack(pg_temp.bait_time) AS IMPLICIT",
      `CREATE TEMP TABLE bait (${columns})`,
      triggerOn("bait"),
    ]);
  });

  it.each(Object.values(recordTables))(
    "chooses no place in the order of the record for a row of %s",
    async (table) => {
      await intruder.expectRefusal([`INSERT INTO ${table} (xid8, seq) VALUES (3, 1)`]);
    },
  );

  function triggerOn(table: string): string {
    return `CREATE TRIGGER mine AFTER INSERT ON ${table} REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_commands()`;
  }

  async function read(sql: string): Promise<number> {
    const found = await intruder.owner.query<{ n: number }>(sql);
    return found.rows[0]?.n ?? 0;
  }
});
