import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Intruder, insertOnly, openIntruder } from "./test-intruder.ts";

// Whoever takes the application over has the rights of its role and no more: what is on record stays,
// whatever SQL they send.

let intruder: Intruder;
beforeAll(async () => {
  intruder = await openIntruder();
});
afterAll(() => intruder.remove());

describe.each(insertOnly)("the application's role on %s", (table) => {
  it("inserts and reads", async () => {
    const before = (await intruder.app.query(`SELECT * FROM ${table}`)).rowCount ?? 0;
    await intruder.insertRow(table);
    expect((await intruder.app.query(`SELECT * FROM ${table}`)).rowCount).toBe(before + 1);
  });

  it.each([
    ["UPDATE", `UPDATE ${table} SET content_hash = ''`],
    ["UPDATE of nothing", `UPDATE ${table} SET content_hash = content_hash WHERE false`],
    ["DELETE", `DELETE FROM ${table}`],
    ["TRUNCATE", `TRUNCATE ${table}`],
    ["TRUNCATE CASCADE", `TRUNCATE ${table} CASCADE`],
    ["a writing WITH", `WITH gone AS (DELETE FROM ${table} RETURNING 1) SELECT count(*) FROM gone`],
    ["EXPLAIN ANALYZE", `EXPLAIN ANALYZE DELETE FROM ${table}`],
    [
      "MERGE that updates",
      `MERGE INTO ${table} t USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET content_hash = ''`,
    ],
    ["MERGE that deletes", `MERGE INTO ${table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE`],
    ["SELECT FOR UPDATE", `SELECT * FROM ${table} FOR UPDATE`],
    ["SELECT FOR KEY SHARE", `SELECT * FROM ${table} FOR KEY SHARE`],
    ["LOCK", `BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`],
    ["DROP", `DROP TABLE ${table} CASCADE`],
    ["DROP COLUMN", `ALTER TABLE ${table} DROP COLUMN content_hash`],
    ["another type", `ALTER TABLE ${table} ALTER COLUMN content_hash TYPE text USING ''`],
    ["another default", `ALTER TABLE ${table} ALTER COLUMN content_hash SET DEFAULT ''`],
    ["another name", `ALTER TABLE ${table} RENAME TO gone`],
    ["another schema", `ALTER TABLE ${table} SET SCHEMA pg_temp`],
    ["another owner", `ALTER TABLE ${table} OWNER TO daybook_app`],
    ["DISABLE TRIGGER", `ALTER TABLE ${table} DISABLE TRIGGER ALL`],
    ["row security", `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`],
    ["UNLOGGED", `ALTER TABLE ${table} SET UNLOGGED`],
    ["a policy", `CREATE POLICY hide ON ${table} USING (false)`],
    ["a rule", `CREATE RULE hide AS ON INSERT TO ${table} DO INSTEAD NOTHING`],
    [
      "a trigger",
      `CREATE TRIGGER skip BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION pg_temp.skip()`,
    ],
    ["an index", `CREATE INDEX ON ${table} (content_hash)`],
    ["a comment", `COMMENT ON TABLE ${table} IS 'mine'`],
  ])("is refused %s", async (_name, statement) => {
    const skip =
      "CREATE FUNCTION pg_temp.skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'";
    await intruder.expectRefusal([skip, statement]);
  });

  it("is refused a change through a view or a rule of its own", async () => {
    const view = `CREATE TEMP VIEW mine AS SELECT * FROM public.${table}`;
    await intruder.expectRefusal([view, "UPDATE mine SET content_hash = ''"]);
    await intruder.expectRefusal([view, "DELETE FROM mine"]);
    const rule = `CREATE RULE aside AS ON INSERT TO bait DO ALSO DELETE FROM public.${table}`;
    await intruder.expectRefusal(["CREATE TEMP TABLE bait (n int)", rule, "INSERT INTO bait VALUES (1)"]);
  });

  it("is refused a change by a function of its own, also one that runs as its owner", async () => {
    const body = `LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.${table}'`;
    await intruder.expectRefusal([
      `CREATE FUNCTION pg_temp.wipe() RETURNS void ${body}`,
      "SELECT pg_temp.wipe()",
    ]);
    await intruder.expectRefusal([`DO $$ BEGIN EXECUTE 'DELETE FROM public.${table}'; END $$`]);
  });

  it("cannot give or take rights", async () => {
    await intruder.expectNothing([
      `GRANT ALL ON ${table} TO daybook_app`,
      `REVOKE ALL ON ${table} FROM daybook_owner`,
    ]);
  });

  it("cannot put another table in its place", async () => {
    await intruder.expectNothing([
      `CREATE TEMP TABLE ${table} (content_hash bytea)`,
      `INSERT INTO ${table} VALUES ('')`,
      `DELETE FROM ${table}`,
      `DROP TABLE ${table}`,
      "SET search_path = pg_temp",
      "SELECT public.fold_counts() WHERE false",
    ]);
  });
});
