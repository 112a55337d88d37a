import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import type { Reach } from "@/lib/auth/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import {
  type SpaceLine,
  type SpacePage,
  type TargetLine,
  type TargetPage,
  targetPage,
} from "../target-line.ts";
import { cursorAfter, type TargetQuery } from "../target-query.ts";

/** A page of the targets within somebody's reach that were not deleted, by name and kind. */
export async function listTargets(
  principal: Pick<Principal, "organizationId" | "reach">,
  { match, after }: TargetQuery,
): Promise<TargetPage> {
  const found = await pool().query<TargetLine>(
    `SELECT id, name, kind, description, ${utcText("created_at")} AS "firstSeen" FROM targets
     WHERE organization_id = $1 AND deleted_at IS NULL AND ($2 = '' OR name ILIKE $3 OR description ILIKE $3)
       AND ($4::text IS NULL OR (name, kind) > ($4, $5))
       AND ($6::text[] IS NULL OR name = ANY($6))
     ORDER BY name, kind LIMIT ${targetPage + 1}`,
    [
      principal.organizationId,
      match,
      pattern(match),
      after?.name,
      after?.kind,
      namesWithin(principal.reach, "targets"),
    ],
  );
  const targets = found.rows.slice(0, targetPage);
  return { targets, nextCursor: nextCursor(found.rows) };
}

/** A page of the spaces within somebody's reach, by name. */
export async function listSpaces(
  principal: Pick<Principal, "organizationId" | "reach">,
  { match, after }: TargetQuery,
): Promise<SpacePage> {
  const found = await pool().query<SpaceLine>(
    `SELECT id, name, description, ${utcText("created_at")} AS "firstSeen" FROM spaces
     WHERE organization_id = $1 AND ($2 = '' OR name ILIKE $3 OR description ILIKE $3)
       AND ($4::text IS NULL OR name > $4) AND ($5::text[] IS NULL OR name = ANY($5))
     ORDER BY name LIMIT ${targetPage + 1}`,
    [principal.organizationId, match, pattern(match), after?.name, namesWithin(principal.reach, "spaces")],
  );
  const spaces = found.rows.slice(0, targetPage);
  return { spaces, nextCursor: nextCursor(found.rows) };
}

/** The names that somebody is kept to; null for whoever is not. */
function namesWithin(reach: Reach, kind: "spaces" | "targets"): readonly string[] | null {
  return reach === "all" ? null : reach[kind];
}

function nextCursor(rows: readonly { name: string; kind?: string }[]): string | null {
  const last = rows[targetPage - 1];
  return rows.length > targetPage && last ? cursorAfter(last) : null;
}

function pattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
