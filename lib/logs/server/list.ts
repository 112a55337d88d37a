import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import { type Condition, type Cursor, formatCursor, type LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { formatPosition, positionOf, readHorizon } from "./position.ts";
import {
  afterSql,
  all,
  columnOf,
  conditionSql,
  identifier,
  orderSql,
  type Scope,
  scopeSql,
  selectList,
  stagesSql,
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

/** How long one call may look for rows that few match before it answers with what it has. */
export const scanBudgetMs = 250;
const firstSlice = 2_000;
const largestSlice = 50_000;

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
  const started = performance.now();
  const plan = planOf(view, scope, query, Date.now());
  const rows: LogRow[] = [];
  if (plan.residual.length === 0) {
    rows.push(...(await selectRows(view, plan, query, query.after, undefined, query.limit + 1)));
    return pageOf(rows, query);
  }
  let place = query.after;
  let size = firstSlice;
  for (let slice = 0; ; slice++) {
    const end = await sliceEnd(view, plan, query, place, size);
    rows.push(...(await selectRows(view, plan, query, place, end, query.limit + 1 - rows.length)));
    if (rows.length > query.limit || end === undefined) return pageOf(rows, query);
    place = end;
    if (slice === 1 && plan.trigrams) {
      rows.push(...(await selectThroughTrigrams(view, plan, query, place, query.limit + 1 - rows.length)));
      return pageOf(rows, query);
    }
    if (performance.now() - started > scanBudgetMs) {
      return { rows, nextCursor: formatCursor(place), complete: false, scannedTo: place.time };
    }
    size = Math.min(size * 5, largestSlice);
  }
}

type Plan = {
  /** Conditions that an index serves in the order of time. */
  driving: Prisma.Sql[];
  /** Conditions that each row must be looked at for. */
  residual: Prisma.Sql[];
  stages: Prisma.Sql[];
  /** A substring of three or more characters on the column with a trigram index. */
  trigrams: boolean;
};

function planOf(view: LogView, scope: Scope, query: LogQuery, nowMs: number): Plan {
  const driving = [scopeSql(scope), ...timeSql(query, nowMs)];
  const residual: Prisma.Sql[] = [];
  let indexUsed = scope.user !== undefined;
  for (const condition of query.conditions) {
    const sql = conditionSql(view, condition);
    if (!indexUsed && isIndexed(view, condition)) {
      indexUsed = true;
      driving.push(sql);
    } else residual.push(sql);
  }
  return {
    driving,
    residual,
    stages: stagesSql(view),
    trigrams: query.conditions.some((c) => hasTrigrams(view, c)),
  };
}

function isIndexed(view: LogView, { filter, operator, not, values }: Condition): boolean {
  const definition = view.filters[filter];
  if (!definition || definition.kind === "text" || operator !== "is" || not || values.length !== 1)
    return false;
  return view.indexed.includes(definition.column);
}

function hasTrigrams(view: LogView, { filter, not, values }: Condition): boolean {
  const definition = view.filters[filter];
  if (definition?.kind !== "text" || not || view.trigrams === undefined) return false;
  return (
    definition.columns.every((column) => column === view.trigrams) &&
    values.every((value) => [...value].length > 2)
  );
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
 */
async function selectThroughTrigrams(
  view: LogView,
  plan: Plan,
  query: LogQuery,
  after: Cursor,
  limit: number,
): Promise<LogRow[]> {
  const where = all([...plan.driving, ...plan.residual, afterSql(after, query.order)]);
  const found = await pool().query<LogRow>(Prisma.sql`
    WITH r AS MATERIALIZED (SELECT ${columnsSql(view)} FROM ${identifier(view.table)} r WHERE ${where})
    SELECT ${selectList(view)} FROM r WHERE ${all([Prisma.sql`true`, ...plan.stages])} ${orderSql(query.order)} LIMIT ${limit}`);
  return found.rows;
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
