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
  placeList,
  type Scope,
  selectList,
  timeSql,
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
 * @param further conditions beside those of the query, which each row is looked at for
 * @throws the database's error; an empty page always means that nothing matches
 */
export async function listLogs(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  further: readonly Prisma.Sql[] = [],
): Promise<LogPage> {
  // Read before the rows: what commits in between is told twice rather than never.
  const position = query.after ? null : formatPosition(positionOf(await readHorizon()));
  return { ...(await listPage(slug, scope, query, further)), position };
}

async function listPage(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  further: readonly Prisma.Sql[],
): Promise<Omit<LogPage, "position">> {
  const view = logView(slug);
  const plan = planOf(view, scope, query.conditions);
  plan.residual.push(...further);
  plan.driving.push(...timeSql(query, Date.now()));
  const rows: LogRow[] = [];
  if (plan.residual.length === 0) {
    rows.push(...(await selectRows(view, plan, query)));
    return pageOf(rows, query);
  }
  let place = query.after;
  // A text among other conditions may be common where these are rare: then its index is tried once.
  let trigrams = plan.trigrams && (plan.residual.length === 1 || query.after === undefined);
  const pace = new Pace(firstSlice);
  for (let slice = 0; ; slice++) {
    const wanted = query.limit + 1 - rows.length;
    const found = await lookThrough(view, plan, query, place, pace.rows, wanted);
    rows.push(...found.rows);
    if (rows.length > query.limit || found.end === undefined) return pageOf(rows, query);
    place = found.end;
    const goesOn = pace.goesOn();
    if (trigrams && (slice === 1 || !goesOn)) {
      trigrams = false;
      const further = await selectThroughTrigrams(view, plan, query, place, query.limit + 1 - rows.length);
      if (further) return pageOf([...rows, ...further], query);
    }
    if (!goesOn) return { rows, nextCursor: formatCursor(place), complete: false, scannedTo: place.time };
  }
}

/**
 * What matches among the next `size` rows, and the row that ends them, or no end when fewer are left. One
 * statement, for both must speak of the same rows; its second half is not begun when the first fills the page.
 */
async function lookThrough(
  view: LogView,
  plan: Plan,
  query: LogQuery,
  after: Cursor | undefined,
  size: number,
  wanted: number,
): Promise<{ rows: LogRow[]; end: Cursor | undefined }> {
  const from = Prisma.sql`FROM ${identifier(view.table)} r
    WHERE ${all([...plan.driving, ...(after ? [afterSql(after, query.order)] : [])])} ${orderSql(query.order)}`;
  const matches = all([...plan.residual, ...plan.stages]);
  const found = await pool().query<LogRow & { isEnd: boolean }>(Prisma.sql`
    (SELECT ${selectList(view)}, false AS "isEnd" FROM (SELECT r.* ${from} LIMIT ${size}) r
     WHERE ${matches} ${orderSql(query.order)} LIMIT ${wanted})
    UNION ALL
    (SELECT ${placeList(view)}, true FROM (SELECT r.id, r.time ${from} OFFSET ${size - 1} LIMIT 1) r)
    LIMIT ${wanted}`);
  const rows: LogRow[] = [];
  let end: Cursor | undefined;
  for (const { isEnd, ...row } of found.rows) {
    if (isEnd) end = { time: row.time, id: row.id };
    else rows.push(row as LogRow);
  }
  return { rows, end };
}

/** The page where indexes serve every condition. */
async function selectRows(view: LogView, plan: Plan, query: LogQuery): Promise<LogRow[]> {
  const where = all([
    ...plan.driving,
    ...plan.stages,
    ...(query.after ? [afterSql(query.after, query.order)] : []),
  ]);
  const found = await pool().query<LogRow>(Prisma.sql`
    SELECT ${selectList(view)} FROM ${identifier(view.table)} r
    WHERE ${where} ${orderSql(query.order)} LIMIT ${query.limit + 1}`);
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
