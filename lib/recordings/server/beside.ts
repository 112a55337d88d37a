import "server-only";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import type { RecordedCommand } from "../commands.ts";
import type { RecordedCall } from "../playback.ts";
import type { RecordingLine } from "../recording-line.ts";

// What the logs tell of a connection while it was recorded.

const mostCommands = 50_000;
const mostCalls = 5000;

/**
 * The commands of a recording as the log has them, told by the source or read off the terminal. Of several
 * recordings of one connection, each has those that were found in it (see work-out.ts for their names), and of
 * the others those that count from its own start.
 */
export async function recordedCommands(
  organizationId: string,
  line: RecordingLine,
): Promise<RecordedCommand[]> {
  type Found = Omit<RecordedCommand, "exitCode"> & { exitCode: number | null };
  const others = await pool().query<{ id: string; start: Date }>(
    `SELECT id, started_at AS start FROM recordings
     WHERE organization_id = $1 AND connection_id = $2 AND id <> $3`,
    [organizationId, line.connectionId, line.id],
  );
  const found = await pool().query<Found>(
    `SELECT offset_ms * 1000.0::double precision AS "timeUs", command, exit_code AS "exitCode", origin FROM commands
     WHERE organization_id = $1 AND connection_id = $2 AND offset_ms IS NOT NULL
       AND time BETWEEN $3::timestamptz - interval '1 day' AND $3::timestamptz + $4 * interval '1 microsecond' + interval '1 day'
       AND split_part(source_record_id, ' ', 1) <> ALL($6)
       AND (split_part(source_record_id, ' ', 1) = $7 OR NOT EXISTS (
         SELECT FROM unnest($5::timestamptz[]) AS other (start)
         WHERE abs(extract(epoch FROM time - offset_ms * interval '1 millisecond' - start))
             < abs(extract(epoch FROM time - offset_ms * interval '1 millisecond' - $3::timestamptz))))
     ORDER BY offset_ms, time, id LIMIT ${mostCommands}`,
    [
      organizationId,
      line.connectionId,
      line.startedAt,
      line.durationUs ?? 0,
      others.rows.map(({ start }) => start.toISOString()),
      others.rows.map(({ id }) => id),
      line.id,
    ],
  );
  return found.rows.map(({ exitCode, ...command }) => ({
    ...command,
    ...(exitCode !== null && { exitCode }),
  }));
}

/** The API calls of a recording's connection while it ran, in order, of those that somebody may see in the log. */
export async function recordedCalls(principal: Principal, line: RecordingLine): Promise<RecordedCall[]> {
  if (!allows(principal, "logs:read") && !allows(principal, "logs:read-own")) return [];
  const { organizationId, users } = scopeOf(principal, "kubernetes-api-calls");
  const found = await pool().query<RecordedCall>(
    `SELECT round(extract(epoch FROM first - $3::timestamptz) * 1000000)::double precision AS "timeUs", verb, uri, status, outcome
     FROM (
       SELECT DISTINCT ON (audit_id) audit_id, min(time) OVER (PARTITION BY audit_id) AS first, verb, request_uri AS uri,
         status, outcome
       FROM kubernetes_api_calls
       WHERE organization_id = $1 AND connection_id = $2 AND ($5::text[] IS NULL OR user_name = ANY($5))
         AND time BETWEEN $3::timestamptz AND $3::timestamptz + $4 * interval '1 microsecond'
       ORDER BY audit_id, stage_rank DESC
     ) AS calls ORDER BY first, audit_id LIMIT ${mostCalls}`,
    [organizationId, line.connectionId, line.startedAt, line.durationUs ?? 0, users ?? null],
  );
  return found.rows;
}
