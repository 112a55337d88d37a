import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import type { LogQuery } from "../query.ts";
import { boundsOf, instantOf } from "../time.ts";
import { rollupSql, timeText } from "./histogram-counts.ts";
import { identifier, type Scope, scopeSql } from "./sql.ts";

/** The time that a histogram shows. */
export type Span = {
  from: string;
  to: string;
  /** The oldest rows where they are left out, and when the first of them was; see {@link spanOf}. */
  earlier: { rows: number; from: string } | null;
};

/** No more than this share of the rows is left out, and only when that makes the span this much shorter. */
const mostLeftOut = 0.05;
const leastGain = 2;

/**
 * The time of a query as a histogram shows it: where the query has no range, from the first row to the last.
 * @param fit leaves out the few oldest rows of a query without range where they would squeeze all others
 */
export async function spanOf(
  view: LogView,
  scope: Scope,
  query: LogQuery,
  nowMs: number,
  fit: boolean,
): Promise<Span> {
  const bounds = boundsOf(query.time, nowMs);
  const { first, last } =
    bounds.from === undefined || bounds.to === undefined ? await readEnds(view, scope) : {};
  const now = instantOf(nowMs);
  const open = bounds.from === undefined ? (last ?? now) : last !== undefined && last > now ? last : now;
  const to = bounds.to ?? open;
  const from = bounds.from ?? (first !== undefined && first < to ? first : to);
  const ranged = bounds.from !== undefined || bounds.to !== undefined;
  const fitted = fit && !ranged ? await readFitted(view, scope) : undefined;
  if (fitted && Date.parse(to) - Date.parse(from) >= leastGain * (Date.parse(to) - Date.parse(fitted.from)))
    return { from: fitted.from, to, earlier: { rows: fitted.before, from } };
  return { from, to, earlier: null };
}

/** When the first row was, and the first moment after the last one. */
async function readEnds(view: LogView, scope: Scope): Promise<{ first?: string; last?: string }> {
  const months = scope.within && (await readMonths(view, scope.organizationId, scope.within));
  if (scope.within && !months) return {};
  const bounded = months
    ? Prisma.sql`AND r.time >= ${months.first}::timestamptz AND r.time < ${months.end}::timestamptz`
    : Prisma.empty;
  const found = await pool().query<{ first: string | null; last: string | null }>(Prisma.sql`
    SELECT ${timeText(Prisma.sql`min(r.time)`)} AS first,
      ${timeText(Prisma.sql`max(r.time) + interval '1 microsecond'`)} AS last
    FROM ${identifier(view.table)} r WHERE ${scopeSql(scope)} ${bounded}`);
  const [ends] = found.rows;
  return ends?.first && ends.last ? { first: ends.first, last: ends.last } : {};
}

/**
 * The first month with rows within a reach, and the end of the last one, as the rollup of values knows them: no index
 * leads to the rows of a space, and the first of them may be the last of the table.
 */
async function readMonths(
  view: LogView,
  organizationId: string,
  { reach, by }: NonNullable<Scope["within"]>,
): Promise<{ first: string; end: string } | undefined> {
  const names = JSON.stringify(
    by === "cluster" ? { cluster: reach.targets } : { target: reach.targets, space: reach.spaces },
  );
  const rows = Prisma.sql`organization_id = ${organizationId}::uuid AND log = ${view.slug}
    AND (field, value) IN (SELECT key, jsonb_array_elements_text(value) FROM jsonb_each(${names}::jsonb))`;
  const found = await pool().query<{ first: string | null; end: string | null }>(Prisma.sql`
    SELECT ${timeText(Prisma.sql`min(bucket)`)} AS first,
      ${timeText(Prisma.sql`(max(bucket) AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'`)} AS end
    FROM (SELECT bucket, field, value FROM (
        SELECT bucket, field, value, n FROM log_counts WHERE ${rows}
        UNION ALL SELECT bucket, field, value, n FROM log_count_deltas WHERE ${rows}) both_parts
      GROUP BY 1, 2, 3 HAVING sum(n) > 0) months`);
  const [months] = found.rows;
  return months?.first && months.end ? { first: months.first, end: months.end } : undefined;
}

/** The hour behind the longest gap that has few enough rows before it, and how many these are. */
async function readFitted(
  view: LogView,
  scope: Scope,
): Promise<{ from: string; before: number } | undefined> {
  const found = await pool().query<{ from: string; before: number }>(Prisma.sql`
    SELECT ${timeText(Prisma.sql`bucket`)} AS from, before::double precision AS before FROM (
      SELECT bucket, bucket - lag(bucket) OVER (ORDER BY bucket) AS gap,
        sum(n) OVER (ORDER BY bucket) - n AS before, sum(n) OVER () AS total
      FROM (
        SELECT c.bucket, sum(c.n) AS n FROM ${rollupSql(view, scope)} c GROUP BY 1 HAVING sum(c.n) <> 0
      ) hours
    ) running
    WHERE before > 0 AND before <= total * ${mostLeftOut}::double precision ORDER BY gap DESC, bucket LIMIT 1`);
  return found.rows[0];
}
