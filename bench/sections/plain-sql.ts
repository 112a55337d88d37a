import { Prisma } from "@/lib/generated/prisma/client.ts";
import { type LogQuery, parseQuery } from "@/lib/logs/query.ts";
import {
  afterSql,
  all,
  columnOf,
  identifier,
  orderSql,
  type Scope,
  selectList,
  timeSql,
  whereSql,
} from "@/lib/logs/server/sql.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { organizationId } from "../build/organizations.ts";

/** A statement as node-pg takes it. */
export type Statement = { text: string; values: unknown[] };

const everything: Scope = { organizationId: organizationId("main") };

function statement({ text, values }: Prisma.Sql): Statement {
  return { text, values };
}

/** The query of a path, as the product reads it. */
function queryOf(slug: LogSlug, params: URLSearchParams): LogQuery {
  const parsed = parseQuery(logView(slug), params);
  if (parsed.errors) throw new Error(`bad query: ${JSON.stringify(parsed.errors)}`);
  return parsed.query;
}

/** The rows of a page by one plain statement: every condition in its WHERE, the order, and a LIMIT. */
export function pageStatement(slug: LogSlug, params: URLSearchParams, scope = everything): Statement {
  const view = logView(slug);
  const query = queryOf(slug, params);
  const where = all([
    whereSql(view, scope, query, Date.now()),
    ...(query.after ? [afterSql(query.after, query.order)] : []),
  ]);
  return statement(Prisma.sql`SELECT ${selectList(view)} FROM ${identifier(view.table)} r
    WHERE ${where} ${orderSql(query.order)} LIMIT ${query.limit + 1}`);
}

/** A histogram by counting rows, in the product's text form. */
export function histogramStatement(
  slug: LogSlug,
  params: URLSearchParams,
  widthMs: number,
  scope = everything,
): Statement {
  const view = logView(slug);
  const query = queryOf(slug, params);
  return statement(Prisma.sql`
    SELECT to_char(date_bin(${`${widthMs} milliseconds`}::interval, r.time, timestamptz '2001-01-01 00:00:00+00')
        AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS start,
      r.${columnOf(view.series.column)} AS value, count(*)::double precision AS n
    FROM ${identifier(view.table)} r WHERE ${whereSql(view, scope, query, Date.now())} GROUP BY 1, 2`);
}

/** Values of a column that contain a text, with their counts, by counting rows. */
export function valuesStatement(slug: LogSlug, field: string, match: string): Statement {
  const view = logView(slug);
  const where = all([
    whereSql(view, everything, { time: {}, conditions: [] }, 0),
    ...timeSql({ time: {} }, 0),
  ]);
  return statement(Prisma.sql`SELECT r.${columnOf(field)} AS value, count(*)::double precision AS count
    FROM ${identifier(view.table)} r WHERE ${where} AND r.${columnOf(field)} ILIKE ${`%${match}%`}
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`);
}
