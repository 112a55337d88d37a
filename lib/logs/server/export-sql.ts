import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { CellKind, LogView } from "../define.ts";
import { formulaSqlPattern } from "../formula-guard.ts";
import type { LogQuery } from "../query.ts";
import { definedColumns } from "../table-columns.ts";
import { inlineSql } from "./inline.ts";
import { planOf } from "./plan.ts";
import { identifier, orderSql, type Scope, valueOf, whereSql } from "./sql.ts";

export const exportFormats = ["csv", "json", "ndjson"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const unguarded: readonly CellKind[] = ["time", "count", "code", "duration", "replay", "connection"];

/**
 * The COPY statement of an export: every row that the query matches, in its order, all columns of the view
 * (or those the query names) in the order of the definition.
 */
export function exportSql(
  view: LogView,
  scope: Scope,
  query: LogQuery,
  format: ExportFormat,
  nowMs: number,
): string {
  const named = query.columns && definedColumns(view, query.columns);
  const wanted = Object.entries(view.columns).filter(([field]) => !named || named.includes(field));
  const where = whereSql(view, scope, query, nowMs);
  const from = Prisma.sql`FROM ${identifier(view.table)} r WHERE ${where} ${orderSql(query.order)}`;
  if (format === "csv") {
    const cells = wanted.map(
      ([field, { header, cell }]) => Prisma.sql`${guarded(field, cell)} AS ${label(header)}`,
    );
    // A spreadsheet that takes semicolons and tabs for delimiters too looks for a formula behind each one.
    const quoted = wanted.flatMap(([, { header, cell }]) =>
      unguarded.includes(cell) ? [] : [label(header)],
    );
    const quotes = quoted.length === 0 ? Prisma.empty : Prisma.sql`, FORCE_QUOTE (${Prisma.join(quoted)})`;
    return inlineSql(
      Prisma.sql`COPY (SELECT ${Prisma.join(cells)} ${from})
        TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8'${quotes})`,
    );
  }
  const cells = wanted.map(([field, { cell }]) => Prisma.sql`${jsonValue(field, cell)} AS ${label(field)}`);
  // JSON text holds no control characters, so with these two as quote and delimiter CSV leaves it as it is.
  return inlineSql(
    Prisma.sql`COPY (SELECT row_to_json(t) FROM (SELECT ${Prisma.join(cells)} ${from}) t)
      TO STDOUT (FORMAT csv, QUOTE E'\\x01', ESCAPE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8')`,
  );
}

/** Counts what {@link exportSql} copies; undefined where that would mean to look at every row. */
export function countSql(view: LogView, scope: Scope, query: LogQuery, nowMs: number): string | undefined {
  const { residual, stages } = planOf(view, scope, query.conditions);
  if (residual.length + stages.length > 0) return undefined;
  const where = whereSql(view, scope, query, nowMs);
  return inlineSql(Prisma.sql`SELECT count(*) AS n FROM ${identifier(view.table)} r WHERE ${where}`);
}

/**
 * Most cells begin with a letter, a brace or a digit: a comparison of bytes or two spare them the pattern.
 * Between `A` and `}`, and between `0` and `:`, no formula begins.
 */
function guarded(field: string, cell: CellKind): Prisma.Sql {
  const own = valueOf(field, cell);
  if (unguarded.includes(cell)) return own;
  // An id is a uuid in some tables and a stranger's text in others.
  const value = cell === "id" ? Prisma.sql`${own}::text` : own;
  const bytes = Prisma.sql`${value} COLLATE "C"`;
  return Prisma.sql`CASE WHEN (${bytes} >= 'A' AND ${bytes} < '}') OR (${bytes} >= '0' AND ${bytes} < ':')
    OR ${value} !~ ${formulaSqlPattern} THEN ${value} ELSE '''' || ${value} END`;
}

function jsonValue(field: string, cell: CellKind): Prisma.Sql {
  return cell === "json" ? Prisma.sql`(${valueOf(field, cell)})::json` : valueOf(field, cell);
}

/** A column label: headers come from the definitions. */
function label(text: string): Prisma.Sql {
  if (!/^[A-Za-z ]+$/.test(text)) throw new Error(`${JSON.stringify(text)} is no header`);
  return Prisma.raw(`"${text}"`);
}
