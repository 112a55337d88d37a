import type { ClientBase } from "pg";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { all, columnOf, identifier, stagesSql } from "@/lib/logs/server/sql.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";

/**
 * Fills log_counts from the rows of a log, as the triggers would have done one statement at a time: the
 * series of the histogram by the hour, and what type-ahead offers by the month.
 */
export async function countLog(client: ClientBase, slug: LogSlug): Promise<void> {
  const view = logView(slug);
  const names = Object.values(view.filters).flatMap((filter) =>
    filter.kind === "name" && filter.suggest ? [filter.column] : [],
  );
  const fields = [
    Prisma.sql`(${view.series.column}, date_trunc('hour', r.time, 'UTC'), r.${columnOf(view.series.column)}::text)`,
    ...names.map(
      (field) => Prisma.sql`(${field}, date_trunc('month', r.time, 'UTC'), r.${columnOf(field)}::text)`,
    ),
  ];
  await client.query(Prisma.sql`
    INSERT INTO log_counts (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, ${slug}, c.field, c.bucket, c.value, count(*) FROM ${identifier(view.table)} r
    CROSS JOIN LATERAL (VALUES ${Prisma.join(fields)}) AS c (field, bucket, value)
    WHERE ${all([Prisma.sql`c.value IS NOT NULL`, ...stagesSql(view)])}
    GROUP BY r.organization_id, c.field, c.bucket, c.value`);
}
