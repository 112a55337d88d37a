import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import { type LogSlug, logView } from "../views.ts";
import { columnOf, foundScopeSql, identifier, isWhole, likeText, type Scope, withinSql } from "./sql.ts";

export type ValueCount = { value: string; count: number };

/** How many values type-ahead offers. */
export const maxSuggestions = 20;

/** Rows that are offered values of, and rows that are looked at for them where only some lie within the reach. */
const newestRows = 10_000;
const newestLookedAt = 100_000;

/**
 * Values of a filter that contain `match`, most frequent first, counted over all time from the rollup.
 * Whoever may see only own rows is offered only what stands in them.
 * @returns null when the filter offers no values
 */
export async function listValues(
  slug: LogSlug,
  scope: Scope,
  filterName: string,
  match: string,
): Promise<ValueCount[] | null> {
  const view = logView(slug);
  const filter = Object.hasOwn(view.filters, filterName) ? view.filters[filterName] : undefined;
  if (filter?.kind !== "name" || !filter.suggest) return null;
  const like = `%${likeText(match)}%`;
  const found = await pool().query<ValueCount>(
    isWhole(scope)
      ? Prisma.sql`
        SELECT value, sum(n)::double precision AS count FROM (
          SELECT value, n FROM log_counts c WHERE ${rollup(scope, slug, filter.column)} AND value ILIKE ${like}
          UNION ALL
          SELECT value, n FROM log_count_deltas c WHERE ${rollup(scope, slug, filter.column)} AND value ILIKE ${like}
        ) both_parts GROUP BY value HAVING sum(n) > 0 ORDER BY 2 DESC, 1 LIMIT ${maxSuggestions}`
      : Prisma.sql`
        SELECT value, count(*)::double precision AS count FROM (
          SELECT r.${columnOf(filter.column)} AS value FROM ${rowsOf(view, scope)} r LIMIT ${newestRows}
        ) own WHERE value ILIKE ${like} GROUP BY value ORDER BY 2 DESC, 1 LIMIT ${maxSuggestions}`,
  );
  return found.rows;
}

/** The newest rows of a scope, found through an index whatever the reach. */
function rowsOf(view: LogView, scope: Scope): Prisma.Sql {
  const found = (most: number): Prisma.Sql => Prisma.sql`(SELECT r.* FROM ${identifier(view.table)} r
    WHERE ${foundScopeSql(scope)} ORDER BY r.time DESC, r.id DESC LIMIT ${most})`;
  if (!scope.within) return found(newestRows);
  return Prisma.sql`(SELECT r.* FROM ${found(newestLookedAt)} r WHERE ${withinSql(scope.within)})`;
}

function rollup(scope: Scope, slug: LogSlug, field: string): Prisma.Sql {
  return Prisma.sql`c.organization_id = ${scope.organizationId}::uuid AND c.log = ${slug} AND c.field = ${field}`;
}
