import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { badRequest } from "@/lib/http/problem.ts";
import type { LogView } from "../define.ts";
import type { LogQuery } from "../query.ts";
import { boundsOf, instantOf } from "../time.ts";
import { type LogSlug, logView } from "../views.ts";
import { scanBudgetMs } from "./list.ts";
import { all, columnOf, identifier, type Scope, scopeSql, whereSql } from "./sql.ts";

export type Histogram = {
  from: string;
  to: string;
  widthMs: number;
  /** Buckets that hold rows, earliest first; values outside the view's series count as `other`. */
  buckets: { start: string; counts: { [value: string]: number } }[];
  complete: boolean;
  /** Rows at or after this time are counted, where the time allowed ran out: ask again with `to` = this. */
  scannedTo: string | null;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const widths = [
  1000,
  5000,
  15_000,
  60_000,
  300_000,
  900_000,
  hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
  dayMs,
  7 * dayMs,
  30 * dayMs,
];
/** At most this many bars. */
const maxBuckets = 120;

type Count = { start: string; value: string; n: number };

/**
 * Rows per bucket and value of the view's series. Without filters of its own whole hours come from the rollup
 * and the edges from the rows, which gives the exact count; with filters rows are counted, newest first, for
 * as long as {@link scanBudgetMs} lasts.
 * @param widthMs the width of an earlier, incomplete answer, to go on with the same buckets
 * @throws Problem 400 when a width makes bars without number
 */
export async function getHistogram(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  widthMs?: number,
): Promise<Histogram> {
  const view = logView(slug);
  const nowMs = Date.now();
  const bounds = boundsOf(query.time, nowMs);
  const to = bounds.to ?? (await lastTime(view, scope, nowMs));
  const from = bounds.from ?? (await firstTime(view, scope)) ?? to;
  const span = Date.parse(to) - Date.parse(from);
  // The rows of an answer that is gone on with may reach a little further than they did.
  if (widthMs !== undefined && span / widthMs > 2 * maxBuckets) {
    throw badRequest([{ parameter: "width", reason: `makes more than ${2 * maxBuckets} bars of this time` }]);
  }
  const width = widthMs ?? widthFor(span);
  if (query.conditions.length === 0 && scope.user === undefined) {
    const counts = await countFromRollup(view, scope, query, from, to, width, nowMs);
    return { from, to, widthMs: width, buckets: bucketsOf(view, counts), complete: true, scannedTo: null };
  }
  return countRows(view, scope, query, { from, to, width, nowMs });
}

/** The narrowest width that needs no more than {@link maxBuckets} bars. */
export function widthFor(spanMs: number): number {
  return widths.find((width) => spanMs / width <= maxBuckets) ?? 365 * dayMs;
}

async function firstTime(view: LogView, scope: Scope): Promise<string | undefined> {
  const found = await pool().query<{ time: string }>(Prisma.sql`
    SELECT ${text(Prisma.sql`min(r.time)`)} AS time FROM ${identifier(view.table)} r WHERE ${scopeSql(scope)}`);
  return found.rows[0]?.time ?? undefined;
}

async function lastTime(view: LogView, scope: Scope, nowMs: number): Promise<string> {
  const found = await pool().query<{ time: string | null }>(Prisma.sql`
    SELECT ${text(Prisma.sql`max(r.time) + interval '1 microsecond'`)} AS time
    FROM ${identifier(view.table)} r WHERE ${scopeSql(scope)}`);
  const now = instantOf(nowMs);
  const last = found.rows[0]?.time ?? now;
  return last > now ? last : now;
}

function text(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`to_char((${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

function bucket(time: Prisma.Sql, width: number): Prisma.Sql {
  return text(
    Prisma.sql`date_bin(${`${width} milliseconds`}::interval, ${time}, timestamptz '2001-01-01 00:00:00+00')`,
  );
}

async function countFromRollup(
  view: LogView,
  scope: Scope,
  query: LogQuery,
  from: string,
  to: string,
  width: number,
  nowMs: number,
): Promise<Count[]> {
  const firstHour = hourFrom(from);
  const lastHour = instantOf(Math.floor(Date.parse(to) / hourMs) * hourMs);
  if (width % hourMs !== 0 || firstHour >= lastHour)
    return countExact(view, scope, query, from, to, width, nowMs);
  const rollup = Prisma.sql`organization_id = ${scope.organizationId}::uuid AND log = ${view.slug}
    AND field = ${view.series.column} AND bucket >= ${firstHour}::timestamptz AND bucket < ${lastHour}::timestamptz`;
  const counted = pool().query<Count>(Prisma.sql`
    SELECT ${bucket(Prisma.sql`c.bucket`, width)} AS start, c.value, sum(c.n)::double precision AS n FROM (
      SELECT bucket, value, n FROM log_counts WHERE ${rollup}
      UNION ALL SELECT bucket, value, n FROM log_count_deltas WHERE ${rollup}
    ) c GROUP BY 1, 2 HAVING sum(c.n) <> 0`);
  const [whole, ...edges] = await Promise.all([
    counted.then((result) => result.rows),
    countExact(view, scope, query, from, firstHour, width, nowMs),
    countExact(view, scope, query, lastHour, to, width, nowMs),
  ]);
  return [...whole, ...edges.flat()];
}

/** The first full hour at or after a time; Date drops microseconds, so it is compared as text. */
function hourFrom(time: string): string {
  const hour = Math.floor(Date.parse(time) / hourMs) * hourMs;
  const start = instantOf(hour);
  return start < time ? instantOf(hour + hourMs) : start;
}

async function countExact(
  view: LogView,
  scope: Scope,
  query: LogQuery,
  from: string,
  to: string,
  width: number,
  nowMs: number,
): Promise<Count[]> {
  if (from >= to) return [];
  const where = all([
    whereSql(view, scope, { conditions: query.conditions, time: {} }, nowMs),
    Prisma.sql`r.time >= ${from}::timestamptz AND r.time < ${to}::timestamptz`,
  ]);
  const found = await pool().query<Count>(Prisma.sql`
    SELECT ${bucket(Prisma.sql`r.time`, width)} AS start, r.${columnOf(view.series.column)} AS value,
      count(*)::double precision AS n
    FROM ${identifier(view.table)} r WHERE ${where} GROUP BY 1, 2`);
  return found.rows;
}

const sliceRows = 20_000;

async function countRows(
  view: LogView,
  scope: Scope,
  query: LogQuery,
  span: { from: string; to: string; width: number; nowMs: number },
): Promise<Histogram> {
  const { from, to, width, nowMs } = span;
  const started = performance.now();
  const counts: Count[] = [];
  let end = to;
  let size = sliceRows;
  while (end > from) {
    const start = (await sliceStart(view, scope, from, end, size)) ?? from;
    counts.push(...(await countExact(view, scope, query, start, end, width, nowMs)));
    end = start;
    size = Math.min(size * 3, 200_000);
    if (performance.now() - started > scanBudgetMs) break;
  }
  const complete = end <= from;
  return {
    from,
    to,
    widthMs: width,
    buckets: bucketsOf(view, counts),
    complete,
    scannedTo: complete ? null : end,
  };
}

/** The time `size` rows before `to`. A slice ends at a time, not at a row, so equal times stay together. */
async function sliceStart(
  view: LogView,
  scope: Scope,
  from: string,
  to: string,
  size: number,
): Promise<string | undefined> {
  const found = await pool().query<{ time: string }>(Prisma.sql`
    SELECT ${text(Prisma.sql`r.time`)} AS time FROM ${identifier(view.table)} r
    WHERE ${scopeSql(scope)} AND r.time >= ${from}::timestamptz AND r.time < ${to}::timestamptz
    ORDER BY r.time DESC OFFSET ${size} LIMIT 1`);
  const time = found.rows[0]?.time;
  return time;
}

function bucketsOf(view: LogView, counts: Count[]): Histogram["buckets"] {
  const buckets = new Map<string, { [value: string]: number }>();
  for (const { start, value, n } of counts) {
    const name = view.series.values.includes(value) ? value : "other";
    const entry = buckets.get(start) ?? {};
    entry[name] = (entry[name] ?? 0) + n;
    buckets.set(start, entry);
  }
  return [...buckets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([start, values]) => ({ start, counts: values }));
}
