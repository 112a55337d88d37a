import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { getHistogram } from "@/lib/logs/server/histogram.ts";
import { listValues } from "@/lib/logs/server/values.ts";
import { instantOf } from "@/lib/logs/time.ts";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import { sqlName } from "@/lib/record/columns.ts";
import {
  countedColumns,
  months,
  pick,
  type Random,
  type Row,
  randomFrom,
  randomTime,
  rowMaker,
  stagesOf,
} from "./test-rows.ts";

// The counts behind histograms and type-ahead are kept by triggers; here they are compared with the rows.

let installation: TestInstallation;
let owner: pg.Client;
let organizations: string[];
beforeAll(async () => {
  installation = await testInstallation();
  organizations = [installation.organizationId, installation.otherOrganizationId];
  owner = new pg.Client({ connectionString: installation.ownerUrl });
  await owner.connect();
  for (const table of [
    "commands",
    "kubernetes_api_calls",
    "connection_events",
    "session_requests",
    "user_events",
    "audit_events",
  ]) {
    for (const month of months) await pool().query("SELECT ensure_partition($1, $2)", [table, `${month}-01`]);
  }
});
afterAll(async () => {
  await owner.end();
  await installation.remove();
});

const slugs = Object.keys(logViews) as LogSlug[];

async function insert(table: string, rows: readonly Row[]): Promise<void> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].join(", ");
  await pool().query(
    `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::public.${table}, $1)`,
    [JSON.stringify(rows)],
  );
}

/** Rows in statements of random size, the counts being folded now and then. */
async function insertInTurns(table: string, rows: readonly Row[], random: Random): Promise<void> {
  for (let done = 0; done < rows.length; ) {
    const size = pick(random, [1, 2, 5, 17]);
    await insert(table, rows.slice(done, done + size));
    done += size;
    if (random() < 0.1) await pool().query("SELECT fold_counts()");
  }
}

/** What the record holds, and what was counted, as `field bucket value` with the number of rows. */
async function exactCounts(slug: LogSlug): Promise<unknown[]> {
  const view = logView(slug);
  const shown = view.stages
    ? `(r.stage_rank >= 2 OR NOT EXISTS (SELECT FROM ${view.table} l WHERE l.organization_id = r.organization_id
        AND l.time = r.time AND l.source_id = r.source_id AND l.${sqlName(view.stages.by)} = r.${sqlName(view.stages.by)} AND l.stage_rank > r.stage_rank))`
    : "true";
  const parts = countedColumns(view).map((field) => {
    const unit = field === view.series.column ? "hour" : "month";
    return `SELECT organization_id, '${field}' AS field, date_trunc('${unit}', time, 'UTC')::text AS bucket,
      ${sqlName(field)} AS value, count(*)::int AS n FROM ${view.table} r
      WHERE ${shown} AND ${sqlName(field)} IS NOT NULL GROUP BY 1, 2, 3, 4`;
  });
  return (await owner.query(`${parts.join(" UNION ALL ")} ORDER BY 1, 2, 3, 4`)).rows;
}

async function keptCounts(slug: LogSlug): Promise<unknown[]> {
  const found = await owner.query(
    `SELECT organization_id, field, bucket::text, value, sum(n)::int AS n FROM (
       SELECT organization_id, field, bucket, value, n FROM log_counts WHERE log = $1
       UNION ALL SELECT organization_id, field, bucket, value, n FROM log_count_deltas WHERE log = $1
     ) c GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4`,
    [slug],
  );
  return found.rows;
}

describe.each(slugs)("the counts of %s", (slug) => {
  const view = logView(slug);
  const random = randomFrom(slugs.indexOf(slug) + 20_261_121);

  it("are those of the rows, whatever the order and the statements they came in", async () => {
    const make = await rowMaker(owner, view, random, organizations);
    const made = Array.from({ length: 150 }, make);
    await insertInTurns(view.table, view.stages ? stagesOf(made, random, view) : made, random);
    const exact = await exactCounts(slug);
    expect(exact.length).toBeGreaterThan(40);
    expect(await keptCounts(slug)).toEqual(exact);
    await pool().query("SELECT fold_counts()");
    expect(await keptCounts(slug)).toEqual(exact);
  });

  if (view.projection) {
    const newValue = (column: string): string => {
      if (column === "time") return randomTime(random);
      return pick(random, column === sqlName(view.series.column) ? view.series.values : ["a", "new"]);
    };

    it("follow rows that change and go", async () => {
      const sets = ["time", ...countedColumns(view).map(sqlName)];
      for (let turn = 0; turn < 40; turn++) {
        const set = pick(random, sets);
        const value = newValue(set);
        const some = `id IN (SELECT id FROM ${view.table} ORDER BY md5(id::text || $1) LIMIT ${pick(random, [1, 4, 9])})`;
        if (random() < 0.3) await pool().query(`DELETE FROM ${view.table} WHERE ${some}`, [String(turn)]);
        else await pool().query(`UPDATE ${view.table} SET ${set} = $2 WHERE ${some}`, [String(turn), value]);
      }
      expect(await keptCounts(slug)).toEqual(await exactCounts(slug));
    });
  }

  it("are what type-ahead offers for each of its filters, of one organization only", async () => {
    for (const [name, filter] of Object.entries(view.filters)) {
      const scope = { organizationId: installation.organizationId };
      const offered = await listValues(slug, scope, name, "");
      if (filter.kind !== "name" || !filter.suggest) {
        expect(offered).toBeNull();
        continue;
      }
      const exact = (await exactCounts(slug)) as {
        organization_id: string;
        field: string;
        value: string;
        n: number;
      }[];
      const sums = new Map<string, number>();
      for (const { organization_id, field, value, n } of exact) {
        if (organization_id !== scope.organizationId || field !== filter.column) continue;
        sums.set(value, (sums.get(value) ?? 0) + n);
      }
      expect(new Map(offered?.map(({ value, count }) => [value, count]))).toEqual(sums);
      expect(offered?.map(({ count }) => count)).toEqual([...sums.values()].sort((a, b) => b - a));
    }
  });

  it("are the histogram, hour by hour", async () => {
    const { organizationId } = installation;
    const [first, end] = [Date.parse("2025-12-01T00:00:00Z"), Date.parse("2026-03-01T00:00:00Z")];
    const someDays = 9 * 86_400_000;
    const buckets = [];
    for (let from = first; from < end; from += someDays) {
      const time = { from: instantOf(from), to: instantOf(Math.min(from + someDays, end)) };
      const query = { conditions: [], time, order: "desc", limit: 50 } as const;
      const part = await getHistogram(
        slug,
        { organizationId },
        { ...query, conditions: [] },
        { widthMs: 3_600_000 },
      );
      buckets.push(...part.buckets);
    }
    const shown = buckets.flatMap(({ start, counts }) =>
      Object.entries(counts).map(([value, n]) => ({ start, value, n })),
    );
    const exact = (await exactCounts(slug)) as {
      organization_id: string;
      field: string;
      bucket: string;
      value: string;
      n: number;
    }[];
    const rows = exact.filter(
      (row) => row.organization_id === organizationId && row.field === view.series.column,
    );
    const wanted = rows.map(({ bucket, value, n }) => ({
      start: `${new Date(bucket).toISOString().slice(0, 19)}.000000Z`,
      value,
      n,
    }));
    const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(shown.filter(({ n }) => n !== 0).sort(byText)).toEqual(wanted.sort(byText));
  });
});

it("a call that was pending and then succeeds moves from one count to the other", async () => {
  const make = await rowMaker(owner, logView("kubernetes-api-calls"), randomFrom(7), organizations);
  const call = {
    ...make(),
    organization_id: installation.organizationId,
    audit_id: "moving",
    time: "2026-01-15T08:00:00Z",
  };
  const count = async () => {
    const found = await owner.query<{ value: string; n: number }>(
      `SELECT value, sum(n)::int AS n FROM log_count_deltas WHERE log = 'kubernetes-api-calls' AND field = 'outcome'
         AND bucket = '2026-01-15T08:00:00Z' AND organization_id = $1 GROUP BY 1 HAVING sum(n) <> 0 ORDER BY 1`,
      [installation.organizationId],
    );
    return found.rows;
  };
  await insert("kubernetes_api_calls", [{ ...call, stage_rank: 0, outcome: "pending" }]);
  expect(await count()).toEqual([{ value: "pending", n: 1 }]);
  await insert("kubernetes_api_calls", [{ ...call, id: uuidv7(), stage_rank: 2, outcome: "success" }]);
  expect(await count()).toEqual([{ value: "success", n: 1 }]);
  await insert("kubernetes_api_calls", [{ ...call, id: uuidv7(), stage_rank: 1, outcome: "pending" }]);
  expect(await count()).toEqual([{ value: "success", n: 1 }]);
});

it("a month that retention removes takes its counts along, and no others", async () => {
  await pool().query("SELECT fold_counts()");
  for (const table of [
    "commands",
    "kubernetes_api_calls",
    "connection_events",
    "session_requests",
    "user_events",
    "audit_events",
  ]) {
    await owner.query("SELECT drop_month($1, '2026-01-20')", [table]);
  }
  for (const slug of slugs.filter((name) => !logView(name).projection)) {
    const exact = await exactCounts(slug);
    expect(exact.length).toBeGreaterThan(10);
    expect(await keptCounts(slug)).toEqual(exact);
  }
});
