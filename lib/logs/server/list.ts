import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import { type Cursor, formatCursor, type LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { queryWithin } from "./bounded-query.ts";
import { Pace, scanBudgetMs } from "./pace.ts";
import { type Plan, planOf } from "./plan.ts";
import { formatPosition, positionOf, readHorizon } from "./position.ts";
import {
  afterSql,
  all,
  columnOf,
  identifier,
  orderSql,
  type Scope,
  selectList,
  timeSql,
  untilSql,
} from "./sql.ts";

/** A row as the API gives it: the columns of the view, and always `id` and `time`. */
export type LogRow = { id: string; time: string; [field: string]: string | number | null };

export type LogPage = {
  rows: LogRow[];
  /** Where the next page begins; null at the end of what matches. */
  nextCursor: string | null;
  /** False when the time allowed ran out first: ask again from nextCursor, more may match. */
  complete: boolean;
  /** How far an incomplete page has looked. */
  scannedTo: string | null;
  /** Where to follow from so that nothing committed after this page is missed; null but for a first page. */
  position: string | null;
};

const firstSlice = 2_000;

/**
 * One page of a log by keyset on (time, id). Conditions that no index serves are looked through in slices
 * of the time order, so that a page costs a bounded time whatever matches; see {@link LogPage.complete}.
 * @throws the database's error; an empty page always means that nothing matches
 */
export async function listLogs(slug: LogSlug, scope: Scope, query: LogQuery): Promise<LogPage> {
  // Read before the rows: what commits in between is told twice rather than never.
  const position = query.after ? null : formatPosition(positionOf(await readHorizon()));
  return { ...(await listPage(slug, scope, query)), position };
}

async function listPage(slug: LogSlug, scope: Scope, query: LogQuery): Promise<Omit<LogPage, "position">> {
  const view = logView(slug);
  const plan = planOf(view, scope, query.conditions);
  plan.driving.push(...timeSql(query, Date.now()));
  const rows: LogRow[] = [];
  if (plan.residual.length === 0) {
    rows.push(...(await selectRows(view, plan, query, query.after, undefined, query.limit + 1)));
    return pageOf(rows, query);
  }
  let place = query.after;
  // A text among other conditions may be common where these are rare: then its index is tried once.
  let trigrams = plan.trigrams && (plan.residual.length === 1 || query.after === undefined);
  const pace = new Pace(firstSlice);
  for (let slice = 0; ; slice++) {
    const end = await sliceEnd(view, plan, query, place, pace.rows);
    rows.push(...(await selectRows(view, plan, query, place, end, query.limit + 1 - rows.length)));
    if (rows.length > query.limit || end === undefined) return pageOf(rows, query);
    place = end;
    const goesOn = pace.goesOn();
    if (trigrams && (slice === 1 || !goesOn)) {
      trigrams = false;
      const wanted = query.limit + 1 - rows.length;
      const found = await selectThroughTrigrams(view, plan, query, place, wanted);
      if (found) return pageOf([...rows, ...found], query);
    }
    if (!goesOn) return { rows, nextCursor: formatCursor(place), complete: false, scannedTo: place.time };
  }
}

/** The row that ends the next slice of `size` rows, or undefined when fewer are left. */
async function sliceEnd(
  view: LogView,
  plan: Plan,
  query: LogQuery,
  after: Cursor | undefined,
  size: number,
): Promise<Cursor | undefined> {
  const where = all([...plan.driving, ...(after ? [afterSql(after, query.order)] : [])]);
  const found = await pool().query<Cursor>(Prisma.sql`
    SELECT ${placeSql} FROM ${identifier(view.table)} r
    WHERE ${where} ${orderSql(query.order)} OFFSET ${size - 1} LIMIT 1`);
  return found.rows[0];
}

const placeSql = Prisma.sql`to_char(r.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time, r.id`;

async function selectRows(
  view: LogView,
  plan: Plan,
  query: LogQuery,
  after: Cursor | undefined,
  until: Cursor | undefined,
  limit: number,
): Promise<LogRow[]> {
  const where = all([
    ...plan.driving,
    ...plan.residual,
    ...plan.stages,
    ...(after ? [afterSql(after, query.order)] : []),
    ...(until ? [untilSql(until, query.order)] : []),
  ]);
  const found = await pool().query<LogRow>(Prisma.sql`
    SELECT ${selectList(view)} FROM ${identifier(view.table)} r
    WHERE ${where} ${orderSql(query.order)} LIMIT ${limit}`);
  return found.rows;
}

/**
 * What matches beyond the first slices, where matches proved rare, through the trigram index. The planner
 * would sometimes walk the whole time index for the sake of the LIMIT; MATERIALIZED keeps it from that.
 * @returns undefined when the index leads to too many rows, of which other conditions leave few
 */
async function selectThroughTrigrams(
  view: LogView,
  plan: Plan,
  query: LogQuery,
  after: Cursor,
  limit: number,
): Promise<LogRow[] | undefined> {
  const where = all([...plan.driving, ...plan.residual, afterSql(after, query.order)]);
  const sql = Prisma.sql`
    WITH r AS MATERIALIZED (SELECT ${columnsSql(view)} FROM ${identifier(view.table)} r WHERE ${where})
    SELECT ${selectList(view)} FROM r WHERE ${all([Prisma.sql`true`, ...plan.stages])} ${orderSql(query.order)} LIMIT ${limit}`;
  if (plan.residual.length > 1) return queryWithin<LogRow>(scanBudgetMs, sql);
  return (await pool().query<LogRow>(sql)).rows;
}

function columnsSql(view: LogView): Prisma.Sql {
  const own = ["id", "time", "organizationId", "sourceId", ...Object.keys(view.columns)];
  const staged = view.stages ? [view.stages.by, view.stages.rank] : [];
  return Prisma.join([...new Set([...own, ...staged])].map((field) => Prisma.sql`r.${columnOf(field)}`));
}

function pageOf(found: LogRow[], query: LogQuery): Omit<LogPage, "position"> {
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const more = found.length > query.limit && last !== undefined;
  return { rows, nextCursor: more ? formatCursor(last) : null, complete: true, scannedTo: null };
}
