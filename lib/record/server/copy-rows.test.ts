import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/lib/db/test-database.ts";
import type { SqlType } from "../columns.ts";
import { copyIn } from "./copy-in.ts";
import { CopyRows } from "./copy-rows.ts";

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(
    "CREATE TABLE copied (n int4, a text, b bytea, c uuid, d timestamptz, e int2, f int8, g json)",
  );
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const types: SqlType[] = ["int4", "text", "bytea", "uuid", "timestamptz", "int2", "int8", "json"];

async function roundTrip(rows: unknown[][]): Promise<unknown[]> {
  const data = new CopyRows(16);
  for (const row of rows) {
    data.row(types.length);
    for (const [place, type] of types.entries()) data.value(row[place], type);
  }
  await copyIn(client, "TRUNCATE copied; COPY copied FROM STDIN (FORMAT binary)", data.end());
  const found = await client.query(
    `SELECT n, a, encode(b, 'hex') AS b, c, to_char(d AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS d, e,
       f::text, g::text FROM copied ORDER BY n`,
  );
  return found.rows;
}

describe("rows in COPY's binary format", () => {
  it("come out as they went in", async () => {
    const id = "01a1fe9c-BD33-7437-8ac4-baed66201ddf";
    const rows = await roundTrip([
      [
        0,
        "größe \t\n\\N",
        Buffer.from("00ff", "hex"),
        id,
        "2026-11-21T08:45:32.506784Z",
        -1,
        2 ** 53 - 1,
        { a: [1] },
      ],
      [1, "", new Uint8Array(), null, "1999-12-31T23:59:59.9Z", 32_767, -(2 ** 40) - 1, "x\n"],
      [2, undefined, undefined, undefined, "1990-01-01T00:00:00Z", undefined, 0, undefined],
      [-3, "a\0b", Buffer.alloc(100_000, 1), id, "2026-11-21T08:45:32.000001Z", 0, -1, null],
    ]);
    expect(rows).toEqual([
      {
        n: -3,
        a: "a␀b",
        b: "01".repeat(100_000),
        c: id.toLowerCase(),
        d: "2026-11-21T08:45:32.000001",
        e: 0,
        f: "-1",
        g: null,
      },
      {
        n: 0,
        a: "größe \t\n\\N",
        b: "00ff",
        c: id.toLowerCase(),
        d: "2026-11-21T08:45:32.506784",
        e: -1,
        f: String(2 ** 53 - 1),
        g: '{"a":[1]}',
      },
      {
        n: 1,
        a: "",
        b: "",
        c: null,
        d: "1999-12-31T23:59:59.900000",
        e: 32_767,
        f: String(-(2 ** 40) - 1),
        g: '"x\\n"',
      },
      { n: 2, a: null, b: null, c: null, d: "1990-01-01T00:00:00.000000", e: null, f: "0", g: null },
    ]);
  });

  it("refuse what is not of the column's type", () => {
    const put = (value: unknown, type: SqlType) => () => new CopyRows(16).value(value, type);
    expect(put("01a1fe9c-bd33-7437-8ac4-baed66201dd", "uuid")).toThrow("no UUID");
    expect(put("01a1fe9c-bd33-7437-8ac4-baed66201ddg", "uuid")).toThrow("no UUID");
    expect(put("01a1fe9cbd3374378ac4baed66201ddf0000", "uuid")).toThrow("no UUID");
    expect(put("2026-11-21 08:45:32", "timestamptz")).toThrow("no UTC time");
    expect(put("1", "int4")).toThrow("int4");
    expect(put(1.5, "int4")).toThrow("int4");
    expect(put(1, "text")).toThrow("text");
    expect(put(40_000, "int2")).toThrow("out of range");
  });
});

describe("a COPY that the server refuses", () => {
  it("fails with its reason, changes nothing and leaves the connection of use", async () => {
    await client.query("TRUNCATE copied");
    const data = new CopyRows(16);
    data.row(1);
    data.value(1, "int4");
    const bytes = data.end();
    await expect(copyIn(client, "COPY nowhere (n) FROM STDIN (FORMAT binary)", bytes)).rejects.toMatchObject({
      code: "42P01",
    });
    await expect(
      copyIn(client, "COPY copied (n) FROM STDIN (FORMAT binary); SELECT 1 / 0", bytes),
    ).rejects.toMatchObject({ code: "22012" });
    await expect(
      copyIn(client, "COPY copied (n) FROM STDIN (FORMAT binary)", bytes.subarray(0, 24)),
    ).rejects.toMatchObject({ code: "22P04" });
    expect((await client.query("SELECT count(*)::int AS n FROM copied")).rows).toEqual([{ n: 0 }]);
    await copyIn(client, "COPY copied (n) FROM STDIN (FORMAT binary)", bytes);
    expect((await client.query("SELECT n FROM copied")).rows).toEqual([{ n: 1 }]);
  });
});
