import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CellKind } from "@/lib/logs/define.ts";
import type { Filter } from "@/lib/logs/filters.ts";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import { recordColumns, recordTables, sqlName } from "@/lib/record/columns.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let database: TestDatabase;
let client: pg.Client;
/** The type of each column of each table, in the order of the table. */
const types = new Map<string, Map<string, string>>();
/** For each table the columns of its indexes, as in `btree organization_id, user_name, time, id`. */
const indexes = new Map<string, string[]>();

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.appUrl });
  await client.connect();
  const columns = await client.query<{ table: string; name: string; type: string }>(
    `SELECT table_name AS table, column_name AS name, udt_name AS type FROM information_schema.columns
     WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
  );
  for (const { table, name, type } of columns.rows) {
    types.set(table, (types.get(table) ?? new Map()).set(name, type));
  }
  const found = await client.query<{ table: string; definition: string }>(
    "SELECT tablename AS table, indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'",
  );
  for (const { table, definition } of found.rows) {
    const [, method, keys] = /USING (\w+) \((.*)\)$/.exec(definition) ?? [];
    indexes.set(table, [...(indexes.get(table) ?? []), `${method} ${keys?.replaceAll('"', "")}`]);
  }
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const slugs = Object.keys(logViews) as LogSlug[];

const integers = ["int2", "int4", "int8"];
const typesOfCells: { [cell in CellKind]: readonly string[] } = {
  time: ["timestamptz"],
  text: ["text"],
  command: ["text"],
  badge: ["text"],
  id: ["uuid", "text"],
  connection: ["uuid"],
  count: integers,
  code: integers,
  duration: ["int8"],
  replay: ["int8"],
  json: ["json"],
};
const typesOfFilters: { [kind in Filter["kind"]]: readonly string[] } = {
  name: ["text"],
  oneOf: ["text"],
  id: ["uuid"],
  number: integers,
  text: ["text"],
};

describe.each(slugs)("the view %s", (slug) => {
  const view = logView(slug);
  const typeOf = (field: string) => types.get(view.table)?.get(sqlName(field));

  it.each(Object.entries(view.columns))("has a column for %s", (field, { cell }) => {
    expect(typesOfCells[cell]).toContain(typeOf(field));
  });

  it.each(Object.entries(view.filters))("can filter by %s", (_name, filter) => {
    for (const field of filter.kind === "text" ? filter.columns : [filter.column]) {
      expect(typesOfFilters[filter.kind]).toContain(typeOf(field));
    }
  });

  it("has columns for its series, stages and links", () => {
    expect(typeOf(view.series.column)).toBe("text");
    for (const { column, view: other, filter } of view.links) {
      expect(typeOf(column)).toBeDefined();
      expect(Object.keys(logView(other as LogSlug).filters)).toContain(filter);
    }
    if (!view.stages) return;
    expect(typeOf(view.stages.by)).toBe("text");
    expect(typeOf(view.stages.rank)).toBe("int2");
  });

  it("names as indexed what an index leads to, and nothing else", () => {
    const led = (indexes.get(view.table) ?? []).flatMap((index) => {
      const [, column] = /^btree organization_id, (\w+)(?:, time, id)?$/.exec(index) ?? [];
      return column === undefined || column === "time" ? [] : [column];
    });
    expect(view.indexed.map(sqlName).sort()).toEqual(led.sort());
  });

  it("names as trigrams the column that has such an index", () => {
    const found = (indexes.get(view.table) ?? []).flatMap(
      (index) => /^gin (\w+) gin_trgm_ops$/.exec(index)?.[1] ?? [],
    );
    expect(found).toEqual(view.trigrams === undefined ? [] : [sqlName(view.trigrams)]);
  });

  it("can be paged by an index on time and id", () => {
    const paging = (indexes.get(view.table) ?? []).filter(
      (index) => index === "btree organization_id, time, id",
    );
    expect(paging).toHaveLength(1);
    expect(indexes.get(view.table)).toContain("btree epoch, xid8, seq");
  });
});

it.each(Object.entries(recordTables))(
  "the columns of %s are written in the order and types of its table",
  (log, table) => {
    const own = Object.entries<string>(recordColumns[log as keyof typeof recordTables]);
    const all = [...(types.get(table) ?? [])];
    const common = [
      "organization_id",
      "time",
      "id",
      "received_at",
      "source_id",
      "source_record_id",
      "epoch",
      "xid8",
      "seq",
    ];
    expect(all.map(([name]) => name).slice(0, 11)).toEqual([...common, "content_hash", "raw"]);
    expect(all.slice(11)).toEqual(own.map(([field, type]) => [sqlName(field), type]));
  },
);

it("gives every partition the indexes of its table", async () => {
  const missing = await client.query(
    `SELECT p.inhrelid::text, i.indexrelid::regclass FROM pg_inherits p JOIN pg_index i ON i.indrelid = p.inhparent
     WHERE NOT EXISTS (SELECT FROM pg_inherits k JOIN pg_index c ON c.indexrelid = k.inhrelid
       WHERE k.inhparent = i.indexrelid AND c.indrelid = p.inhrelid AND c.indisvalid)`,
  );
  expect(missing.rows).toEqual([]);
});
