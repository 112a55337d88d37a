import { once } from "node:events";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/lib/db/test-database.ts";
import { pick, type Random, randomFrom } from "@/lib/db/test-rows.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { inlineSql } from "./inline.ts";
import { hostile } from "./test-hostile.ts";

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.appUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What texts are made of that try to get out of a literal. */
const pieces = [
  ..."'\"\\$;-/*%_:?{}()[]\n\r\t\b\f\v \u0001\u007f\u0085\u00a0",
  ..."aZ09é\u0301ßİ\u202e\u200b\ufeff\ufffd＇ʼ🌍𝕊",
  ..."''",
  "\\'",
  "\\\\'",
  "$$",
  "$a$",
  "E'",
  "U&'",
  "\\x27",
  "\\u0027",
  "\\047",
  "--",
  "/*",
  "*/",
  "\\.",
  "COPY",
] as const;

function randomText(random: Random): string {
  return Array.from({ length: Math.floor(random() * 24) }, () => pick(random, pieces)).join("");
}

/** Each value as the server understood it: the bytes of its text, in hex. */
async function throughCopy(values: readonly string[]): Promise<string[]> {
  const rows = Prisma.join(values.map((value, place) => Prisma.sql`(${place}, ${value})`));
  const stream = client.query(
    copyTo(
      inlineSql(Prisma.sql`COPY (
      SELECT encode(convert_to(v, 'UTF8'), 'hex') FROM (VALUES ${rows}) AS t (n, v) ORDER BY n) TO STDOUT`),
    ),
  );
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  await once(stream, "end");
  return text.split("\n").slice(0, -1);
}

async function asParameters(values: readonly string[]): Promise<string[]> {
  const found = await client.query<{ hex: string }>(
    `SELECT encode(convert_to(v, 'UTF8'), 'hex') AS hex FROM unnest($1::text[]) WITH ORDINALITY AS t (v, n) ORDER BY n`,
    [values],
  );
  return found.rows.map(({ hex }) => hex);
}

describe.each(["on", "off"])("with standard_conforming_strings %s", (setting) => {
  beforeAll(async () => {
    await client.query("SET escape_string_warning = off");
    await client.query(`SET standard_conforming_strings = ${setting}`);
  });

  it.each([1, 2, 3, 4])("thousands of texts arrive as they would as parameters (seed %i)", async (seed) => {
    const random = randomFrom(seed);
    const values = [...hostile, ...Array.from({ length: 2000 }, () => randomText(random))];
    const arrived = await throughCopy(values);
    expect(arrived).toEqual(await asParameters(values));
    expect(arrived).toEqual(values.map((value) => Buffer.from(value, "utf8").toString("hex")));
  });
});

describe("what cannot be written as a literal", () => {
  it("NUL would end the statement", () => {
    expect(() => inlineSql(Prisma.sql`SELECT ${"a\0b"}`)).toThrow("NUL");
  });

  it.each([
    [true],
    [null],
    [undefined],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1n],
    [["a"]],
    [{ a: 1 }],
    [new Date(0)],
  ])("%s", (value) => {
    const sql = Prisma.sql`SELECT ${value}`;
    expect(() => inlineSql(sql)).toThrow("cannot stand");
  });

  it("a number is one whatever stands before it", async () => {
    const found = await client.query(
      inlineSql(Prisma.sql`SELECT 5 -${-3} AS minus, 1${Prisma.empty} AS one`),
    );
    expect(found.rows).toEqual([{ minus: 8, one: 1 }]);
  });
});
