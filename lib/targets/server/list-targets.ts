import "server-only";
import { pool } from "@/lib/db/client.ts";
import {
  type SpaceLine,
  type SpacePage,
  type TargetLine,
  type TargetPage,
  targetPage,
} from "../target-line.ts";
import { cursorAfter, type TargetQuery } from "../target-query.ts";

const utc = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A page of the targets of an organization that were not deleted, by name and kind. */
export async function listTargets(
  organizationId: string,
  { match, after }: TargetQuery,
): Promise<TargetPage> {
  const found = await pool().query<TargetLine>(
    `SELECT id, name, kind, description, ${utc("created_at")} AS "firstSeen" FROM targets
     WHERE organization_id = $1 AND deleted_at IS NULL AND ($2 = '' OR name ILIKE $3 OR description ILIKE $3)
       AND ($4::text IS NULL OR (name, kind) > ($4, $5))
     ORDER BY name, kind LIMIT ${targetPage + 1}`,
    [organizationId, match, pattern(match), after?.name, after?.kind],
  );
  const targets = found.rows.slice(0, targetPage);
  return { targets, nextCursor: nextCursor(found.rows) };
}

/** A page of the spaces of an organization, by name. */
export async function listSpaces(organizationId: string, { match, after }: TargetQuery): Promise<SpacePage> {
  const found = await pool().query<SpaceLine>(
    `SELECT id, name, description, ${utc("created_at")} AS "firstSeen" FROM spaces
     WHERE organization_id = $1 AND ($2 = '' OR name ILIKE $3 OR description ILIKE $3)
       AND ($4::text IS NULL OR name > $4)
     ORDER BY name LIMIT ${targetPage + 1}`,
    [organizationId, match, pattern(match), after?.name],
  );
  const spaces = found.rows.slice(0, targetPage);
  return { spaces, nextCursor: nextCursor(found.rows) };
}

function nextCursor(rows: readonly { name: string; kind?: string }[]): string | null {
  const last = rows[targetPage - 1];
  return rows.length > targetPage && last ? cursorAfter(last) : null;
}

function pattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
