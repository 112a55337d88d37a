import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import type { LogQuery } from "../query.ts";
import { instantOf } from "../time.ts";
import { queryWithin } from "./bounded-query.ts";
import { Pace, scanBudgetMs } from "./pace.ts";
import { type Plan, planOf } from "./plan.ts";
import { all, columnOf, identifier, type Scope, whereSql } from "./sql.ts";

/** Rows of one value in one bucket. */
export type Count = { start: string; value: string; n: number };

/** What is counted: the rows of a query from `from` up to `to`, in buckets of `width` milliseconds. */
export type Counting = {
  view: LogView;
  scope: Scope;
  conditions: LogQuery["conditions"];
  from: string;
  to: string;
  width: number;
};

const hourMs = 3_600_000;

/** A time of SQL as it leaves: UTC text with microseconds. */
export function timeText(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`to_char((${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

function bucket(time: Prisma.Sql, width: number): Prisma.Sql {
  return timeText(
    Prisma.sql`date_bin(${`${width} milliseconds`}::interval, ${time}, timestamptz '2001-01-01 00:00:00+00')`,
  );
}

/** The hours of a log in the rollup, with what is still to be folded into it. */
export function rollupSql(view: LogView, { organizationId }: Scope): Prisma.Sql {
  const rows = Prisma.sql`organization_id = ${organizationId}::uuid AND log = ${view.slug}
    AND field = ${view.series.column}`;
  return Prisma.sql`(SELECT bucket, value, n FROM log_counts WHERE ${rows}
    UNION ALL SELECT bucket, value, n FROM log_count_deltas WHERE ${rows})`;
}

/** Counts without looking at conditions: whole hours come from the rollup and the edges from the rows. */
export async function countFromRollup(counting: Counting): Promise<Count[]> {
  const { view, scope, from, to, width } = counting;
  const firstHour = hourFrom(from);
  const lastHour = instantOf(Math.floor(Date.parse(to) / hourMs) * hourMs);
  if (width % hourMs !== 0 || firstHour >= lastHour) return countExact(counting);
  const counted = pool().query<Count>(Prisma.sql`
    SELECT ${bucket(Prisma.sql`c.bucket`, width)} AS start, c.value, sum(c.n)::double precision AS n
    FROM ${rollupSql(view, scope)} c
    WHERE c.bucket >= ${firstHour}::timestamptz AND c.bucket < ${lastHour}::timestamptz
    GROUP BY 1, 2 HAVING sum(c.n) <> 0`);
  const [whole, ...edges] = await Promise.all([
    counted.then((result) => result.rows),
    countExact({ ...counting, to: firstHour }),
    countExact({ ...counting, from: lastHour }),
  ]);
  return [...whole, ...edges.flat()];
}

/** The first full hour at or after a time; Date drops microseconds, so it is compared as text. */
function hourFrom(time: string): string {
  const hour = Math.floor(Date.parse(time) / hourMs) * hourMs;
  const start = instantOf(hour);
  return start < time ? instantOf(hour + hourMs) : start;
}

async function countExact(counting: Counting): Promise<Count[]> {
  if (counting.from >= counting.to) return [];
  return (await pool().query<Count>(countSql(counting))).rows;
}

function countSql({ view, scope, conditions, from, to, width }: Counting): Prisma.Sql {
  const where = all([
    whereSql(view, scope, { conditions, time: {} }, 0),
    Prisma.sql`r.time >= ${from}::timestamptz AND r.time < ${to}::timestamptz`,
  ]);
  return Prisma.sql`
    SELECT ${bucket(Prisma.sql`r.time`, width)} AS start, r.${columnOf(view.series.column)} AS value,
      count(*)::double precision AS n
    FROM ${identifier(view.table)} r WHERE ${where} GROUP BY 1, 2`;
}

const firstSlice = 5_000;
/** Of a substring that matches less of the rows than this, all are found through its index. */
const rareShare = 0.01;

/**
 * Counts by looking at rows, newest first, as many as the time of one call allows.
 * @param anew whether this is the first call of a count, and no going on
 * @returns how far it came: `from` when it is done
 */
export async function countRows(
  counting: Counting,
  anew: boolean,
): Promise<{ counts: Count[]; end: string }> {
  const { from } = counting;
  const plan = planOf(counting.view, counting.scope, counting.conditions);
  const pace = new Pace(firstSlice);
  const counts: Count[] = [];
  let end = counting.to;
  let trigrams = plan.trigrams && anew;
  while (end > from) {
    const start = (await sliceStart(counting, plan, end, pace.rows)) ?? from;
    const counted = await countExact({ ...counting, from: start, to: end });
    counts.push(...counted);
    end = start;
    const share = counted.reduce((sum, { n }) => sum + n, 0) / pace.rows;
    if (trigrams && end > from && share < rareShare) {
      const rest = await queryWithin<Count>(scanBudgetMs, countSql({ ...counting, to: end }));
      if (rest) return { counts: [...counts, ...rest], end: from };
    }
    trigrams = false;
    if (!pace.goesOn()) break;
  }
  return { counts, end };
}

/** The time `rows` rows before `to`. A slice ends at a time, not at a row, so equal times stay together. */
async function sliceStart(
  { view, from }: Counting,
  plan: Plan,
  to: string,
  rows: number,
): Promise<string | undefined> {
  const found = await pool().query<{ time: string }>(Prisma.sql`
    SELECT ${timeText(Prisma.sql`r.time`)} AS time FROM ${identifier(view.table)} r
    WHERE ${all(plan.driving)} AND r.time >= ${from}::timestamptz AND r.time < ${to}::timestamptz
    ORDER BY r.time DESC OFFSET ${rows} LIMIT 1`);
  return found.rows[0]?.time;
}
