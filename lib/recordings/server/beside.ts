import "server-only";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import { withinSql } from "@/lib/logs/server/sql.ts";
import type { RecordedCommand } from "../commands.ts";
import type { RecordedCall } from "../playback.ts";
import type { RecordingLine } from "../recording-line.ts";

// What the logs tell of a connection while it was recorded.

const mostCommands = 50_000;
const mostCalls = 5000;

/**
 * The commands of a recording as the log has them, told by the source or read off the terminal, of those within
 * somebody's reach. Of several recordings of one connection, each has those that were found in it (see work-out.ts
 * for their names), and of the others those that count from its own start.
 */
export async function recordedCommands(
  principal: Principal,
  line: RecordingLine,
): Promise<RecordedCommand[]> {
  type Found = Omit<RecordedCommand, "exitCode"> & { exitCode: number | null };
  const { organizationId } = principal;
  const { within } = scopeOf(principal, "commands");
  const others = await pool().query<{ id: string; start: Date }>(
    `SELECT id, started_at AS start FROM recordings
     WHERE organization_id = $1 AND connection_id = $2 AND id <> $3`,
    [organizationId, line.connectionId, line.id],
  );
  const starts = others.rows.map(({ start }) => start.toISOString());
  const ids = others.rows.map(({ id }) => id);
  const { startedAt, durationUs } = line;
  const found = await pool().query<Found>(Prisma.sql`
    SELECT r.offset_ms * 1000.0::double precision AS "timeUs", r.command, r.exit_code AS "exitCode", r.origin FROM commands r
    WHERE r.organization_id = ${organizationId}::uuid AND r.connection_id = ${line.connectionId}::uuid AND r.offset_ms IS NOT NULL
      AND r.time BETWEEN ${startedAt}::timestamptz - interval '1 day'
        AND ${startedAt}::timestamptz + ${durationUs ?? 0}::double precision * interval '1 microsecond' + interval '1 day'
      AND split_part(r.source_record_id, ' ', 1) <> ALL(${ids}::text[])
      AND (split_part(r.source_record_id, ' ', 1) = ${line.id} OR NOT EXISTS (
        SELECT FROM unnest(${starts}::timestamptz[]) AS other (start)
        WHERE abs(extract(epoch FROM r.time - r.offset_ms * interval '1 millisecond' - start))
            < abs(extract(epoch FROM r.time - r.offset_ms * interval '1 millisecond' - ${startedAt}::timestamptz))))
      AND ${within ? withinSql(within) : Prisma.sql`true`}
    ORDER BY r.offset_ms, r.time, r.id LIMIT ${mostCommands}`);
  return found.rows.map(({ exitCode, ...command }) => ({
    ...command,
    ...(exitCode !== null && { exitCode }),
  }));
}

/** The API calls of a recording's connection while it ran, in order, of those that somebody may see in the log. */
export async function recordedCalls(principal: Principal, line: RecordingLine): Promise<RecordedCall[]> {
  if (!allows(principal, "logs:read") && !allows(principal, "logs:read-own")) return [];
  const { organizationId, users, within } = scopeOf(principal, "kubernetes-api-calls");
  const { startedAt, durationUs } = line;
  const found = await pool().query<RecordedCall>(Prisma.sql`
    SELECT round(extract(epoch FROM first - ${startedAt}::timestamptz) * 1000000)::double precision AS "timeUs", verb, uri, status, outcome
    FROM (
      SELECT DISTINCT ON (r.audit_id) r.audit_id, min(r.time) OVER (PARTITION BY r.audit_id) AS first, r.verb,
        r.request_uri AS uri, r.status, r.outcome
      FROM kubernetes_api_calls r
      WHERE r.organization_id = ${organizationId}::uuid AND r.connection_id = ${line.connectionId}::uuid
        AND ${users ? Prisma.sql`r.user_name = ANY(${users}::text[])` : Prisma.sql`true`}
        AND ${within ? withinSql(within) : Prisma.sql`true`}
        AND r.time BETWEEN ${startedAt}::timestamptz
          AND ${startedAt}::timestamptz + ${durationUs ?? 0}::double precision * interval '1 microsecond'
      ORDER BY r.audit_id, r.stage_rank DESC
    ) AS calls ORDER BY first, audit_id LIMIT ${mostCalls}`);
  return found.rows;
}
