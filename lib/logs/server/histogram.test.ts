import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { parseQuery } from "../query.ts";
import { logView } from "../views.ts";
import { getHistogram } from "./histogram.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
  const { id } = await testSource(installation.organizationId, "native");
  for (const month of ["2025-09-01", "2025-10-01"])
    await pool().query("SELECT ensure_partition('commands', $1)", [month]);
  // A row every 53.000107 seconds over thirty days, so that no edge falls on a row by design.
  await pool().query(
    `INSERT INTO commands (organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw,
       user_name, target, command, outcome, origin)
     SELECT $1, timestamptz '2025-09-15 00:00:00+00' + n * interval '53.000107 seconds', gen_random_uuid(), now(), $2, n::text,
       '', '', 'user ' || n % 7, 't', 'run ' || n % 100, CASE WHEN n % 9 = 0 THEN 'rejected' ELSE 'accepted' END, 'reported'
     FROM generate_series(1, 48000) AS n`,
    [installation.organizationId, id],
  );
});
afterAll(() => installation.remove());

async function histogram(search: string, widthMs?: number, fit = false) {
  const { query } = parseQuery(logView("commands"), new URLSearchParams(search));
  if (!query) throw new Error(search);
  return getHistogram("commands", { organizationId: installation.organizationId }, query, { widthMs, fit });
}

async function counted(from: string, to: string, more = "true"): Promise<{ [value: string]: number }> {
  const found = await pool().query<{ outcome: string; n: number }>(
    `SELECT outcome, count(*)::int AS n FROM commands WHERE organization_id = $1 AND time >= $2 AND time < $3 AND ${more}
     GROUP BY 1`,
    [installation.organizationId, from, to],
  );
  return Object.fromEntries(found.rows.map(({ outcome, n }) => [outcome, n]));
}

function total(buckets: { counts: { [value: string]: number } }[]): { [value: string]: number } {
  const sums: { [value: string]: number } = {};
  for (const { counts } of buckets)
    for (const [value, n] of Object.entries(counts)) sums[value] = (sums[value] ?? 0) + n;
  return sums;
}

describe("the histogram", () => {
  it.each([
    ["2025-09-15T00:00:00Z", "2025-10-15T00:00:00Z"],
    ["2025-09-20T10:17:03.000001Z", "2025-09-29T23:59:59.999999Z"],
    ["2025-09-20T10:00:00Z", "2025-09-20T11:00:00Z"],
    ["2025-09-20T10:10:00Z", "2025-09-20T10:20:00Z"],
  ])("from %s to %s counts what the rows count, before and after the counts are folded", async (from, to) => {
    const search = `from=${from}&to=${to}`;
    const expected = await counted(from, to);
    const fresh = await histogram(search);
    expect(total(fresh.buckets)).toEqual(expected);
    await pool().query("SELECT fold_counts()");
    expect((await histogram(search)).buckets).toEqual(fresh.buckets);
    for (const { start, counts } of fresh.buckets) {
      const first = start < from ? from : start;
      const end = new Date(Date.parse(start) + fresh.widthMs).toISOString();
      expect(counts).toEqual(await counted(first, end < to ? end : to));
    }
  });

  it("of filtered rows counts exactly, in as many answers as it takes", async () => {
    const [from, to] = ["2025-09-15T00:00:00Z", "2025-10-15T00:00:00Z"];
    let end = to;
    const buckets = [];
    let width: number | undefined;
    for (;;) {
      const answer = await histogram(`from=${from}&to=${end}&user=user%203&q=run%202`, width);
      buckets.push(...answer.buckets);
      if (answer.complete || answer.scannedTo === null) break;
      end = answer.scannedTo;
      width = answer.widthMs;
    }
    expect(total(buckets)).toEqual(
      await counted(from, to, "user_name = 'user 3' AND command LIKE '%run 2%'"),
    );
  });

  it("without a range reaches from the first row to the last", async () => {
    const { buckets, from, to } = await histogram("");
    expect(from.startsWith("2025-09-15")).toBe(true);
    expect(to.startsWith("2025-10-14")).toBe(true);
    expect(Object.values(total(buckets)).reduce((a, b) => a + b, 0)).toBe(48_000);
  });

  it("that is to fit leaves out what squeezes it, and says how much and since when", async () => {
    expect((await histogram("", undefined, true)).earlier).toBeNull();
    const source = await testSource(installation.organizationId, "native");
    const old = { log: "commands", user: "u", target: "t", command: "c" };
    await source.post(
      lines(["2019-03-01", "2021-03-01"].map((day) => ({ ...old, id: day, time: `${day}T00:00:00Z` }))),
    );
    const whole = await histogram("");
    expect(whole.from.startsWith("2019-03-01")).toBe(true);
    const fitted = await histogram("", undefined, true);
    expect(fitted.earlier).toEqual({ rows: 2, from: "2019-03-01T00:00:00.000000Z" });
    expect(Object.values(total(fitted.buckets)).reduce((a, b) => a + b, 0)).toBe(48_000);
    expect((await histogram("user~=user", undefined, true)).earlier).toBeNull();
  });

  it("of nothing is empty", async () => {
    expect((await histogram("user=nobody")).buckets).toEqual([]);
  });
});
