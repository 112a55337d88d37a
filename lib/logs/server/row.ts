import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import type { Cursor } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import type { LogRow } from "./list.ts";
import { all, columnOf, identifier, type Scope, scopeSql, selectList } from "./sql.ts";

export type LogRowDetail = {
  row: LogRow;
  /** The record as received, secrets masked; null for a projection, which has no bytes of its own. */
  raw: string | null;
  /** base64 where the bytes are no UTF-8. */
  rawEncoding: "utf8" | "base64" | null;
  source: { id: string; name: string; kind: string } | null;
  /** Receipt, UTC with microseconds; null for a projection. */
  receivedAt: string | null;
  /** All stages of the same thing, earliest first, where the view shows only the furthest. */
  stages: LogRow[];
};

type Extra = {
  raw: Buffer | null;
  received: string | null;
  source: string;
  sourceName: string | null;
  sourceKind: string | null;
};

/** One row with its raw record, or null when the scope has no such row. */
export async function getLogRow(slug: LogSlug, scope: Scope, key: Cursor): Promise<LogRowDetail | null> {
  const view = logView(slug);
  const record = view.projection ? Prisma.sql`NULL::bytea` : Prisma.sql`r.raw`;
  const received = view.projection ? Prisma.sql`NULL::timestamptz` : Prisma.sql`r.received_at`;
  const found = await pool().query<LogRow & Extra>(Prisma.sql`
    SELECT ${selectList(view)}, ${record} AS raw, r.source_id AS source, s.name AS "sourceName", s.kind AS "sourceKind",
      to_char(${received} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received
    FROM ${identifier(view.table)} r LEFT JOIN sources s ON s.id = r.source_id
    WHERE ${all([scopeSql(scope), Prisma.sql`r.time = ${key.time}::timestamptz AND r.id = ${key.id}::uuid`])}`);
  const [first] = found.rows;
  if (!first) return null;
  const { raw, received: receivedAt, source, sourceName, sourceKind, ...row } = first;
  return {
    row,
    ...readable(raw),
    receivedAt,
    source:
      sourceName === null || sourceKind === null ? null : { id: source, name: sourceName, kind: sourceKind },
    stages: await listStages(view, scope, row, source),
  };
}

async function listStages(view: LogView, scope: Scope, row: LogRow, sourceId: string): Promise<LogRow[]> {
  if (!view.stages) return [];
  const found = await pool().query<LogRow>(Prisma.sql`
    SELECT ${selectList(view)} FROM ${identifier(view.table)} r
    WHERE ${scopeSql(scope)} AND r.time = ${row.time}::timestamptz AND r.source_id = ${sourceId}::uuid
      AND r.${columnOf(view.stages.by)} = ${row[view.stages.by]}
    ORDER BY r.${columnOf(view.stages.rank)}`);
  return found.rows;
}

function readable(raw: Buffer | null): Pick<LogRowDetail, "raw" | "rawEncoding"> {
  if (raw === null) return { raw: null, rawEncoding: null };
  const text = raw.toString("utf8");
  return Buffer.from(text, "utf8").equals(raw)
    ? { raw: text, rawEncoding: "utf8" }
    : { raw: raw.toString("base64"), rawEncoding: "base64" };
}
