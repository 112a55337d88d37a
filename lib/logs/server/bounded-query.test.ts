import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { queryWithin } from "./bounded-query.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

describe("a query with a limit of time", () => {
  it("gives its rows when it is done in time", async () => {
    expect(await queryWithin(5000, Prisma.sql`SELECT ${"a"}::text AS value`)).toEqual([{ value: "a" }]);
  });

  it("gives nothing when it is not, and leaves no limit behind", async () => {
    expect(await queryWithin(30, Prisma.sql`SELECT pg_sleep(20)`)).toBeUndefined();
    const limits = await Promise.all(
      Array.from({ length: 8 }, () => pool().query<{ statement_timeout: string }>("SHOW statement_timeout")),
    );
    expect(limits.map(({ rows }) => rows[0]?.statement_timeout)).toEqual(Array(8).fill("0"));
  });

  it("throws what else goes wrong", async () => {
    await expect(queryWithin(5000, Prisma.sql`SELECT 1 / 0`)).rejects.toThrow("division by zero");
  });
});
