import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { identifier, type Scope, scopeSql } from "@/lib/logs/server/sql.ts";
import { parseSpan } from "@/lib/logs/time.ts";
import type { RecordedPerson, RecordingLine } from "../recording-line.ts";
import type { RecordingQuery } from "../recording-parameters.ts";

const utc = (column: string): Prisma.Sql =>
  Prisma.sql`to_char(r.${identifier(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

function lineColumns(): Prisma.Sql {
  return Prisma.sql`r.id, r.connection_id AS "connectionId", r.user_name AS "user", r.target,
    r.target_user AS "targetUser", r.space, r.kind, r.format, r.title, r.command,
    ${utc("started_at")} AS "startedAt", ${utc("received_at")} AS "receivedAt",
    r.duration_us::double precision AS "durationUs", r.columns, r.rows, r.bytes::double precision AS bytes,
    encode(r.sha256, 'hex') AS sha256, CASE WHEN r.deleted_at IS NULL THEN r.state ELSE 'deleted' END AS state,
    r.fault, r.findings, r.commands, r.denied, r.kill_ends AS "killEnds", r.hold, r.hold_reason AS "holdReason",
    r.held_by AS "heldBy", ${utc("held_at")} AS "heldAt", ${utc("expires_at")} AS "expiresAt",
    ${utc("deleted_at")} AS "deletedAt", r.deleted_by AS "deletedBy", r.delete_reason AS "deleteReason"`;
}

/** Which recordings `r` are meant. */
export function recordingConditions(scope: Scope, query: Omit<RecordingQuery, "limit">): Prisma.Sql {
  const { user, target, kind, longer, connectionId, from, to, denied, live, held, ids, after } = query;
  const leastMs = longer === undefined ? undefined : parseSpan(longer);
  const conditions = [
    scopeSql(scope),
    ...(query.deleted ? [] : [Prisma.sql`r.deleted_at IS NULL`]),
    ...(user === undefined ? [] : [Prisma.sql`r.user_name = ${user}`]),
    ...(target === undefined ? [] : [Prisma.sql`r.target = ${target}`]),
    ...(kind === undefined ? [] : [Prisma.sql`r.kind = ${kind}`]),
    ...(leastMs === undefined ? [] : [Prisma.sql`r.duration_us >= ${leastMs * 1000}::bigint`]),
    ...(connectionId === undefined ? [] : [Prisma.sql`r.connection_id = ${connectionId}::uuid`]),
    ...(from === undefined ? [] : [Prisma.sql`r.started_at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [Prisma.sql`r.started_at < ${to}::timestamptz`]),
    ...(denied === undefined ? [] : [Prisma.sql`r.denied = ${denied}`]),
    ...(live === undefined ? [] : [Prisma.sql`(r.state = 'live') = ${live}`]),
    ...(ids === undefined ? [] : [Prisma.sql`r.id = ANY(${ids}::uuid[])`]),
    ...(held === undefined ? [] : [Prisma.sql`r.hold = ${held}`]),
    ...(after === undefined
      ? []
      : [Prisma.sql`(r.started_at, r.id) < (${after.startedAt}::timestamptz, ${after.id}::uuid)`]),
  ];
  return Prisma.join(conditions, " AND ");
}

/** Recordings, newest first. */
export async function listRecordings(scope: Scope, query: RecordingQuery): Promise<RecordingLine[]> {
  return await run(
    Prisma.sql`SELECT ${lineColumns()} FROM recordings r WHERE ${recordingConditions(scope, query)}
      ORDER BY r.started_at DESC, r.id DESC LIMIT ${query.limit}`,
  );
}

/** One recording, deleted ones too; undefined when the scope has none of this id. */
export async function findRecording(scope: Scope, id: string): Promise<RecordingLine | undefined> {
  const [line] = await run<RecordingLine>(
    Prisma.sql`SELECT ${lineColumns()} FROM recordings r WHERE ${scopeSql(scope)} AND r.id = ${id}::uuid`,
  );
  return line;
}

/** People with recordings: first those with sessions under way, then the one with the latest; `match` is a part of the name. */
export async function listRecordedPeople(scope: Scope, match = "", limit = 200): Promise<RecordedPerson[]> {
  const pattern = `%${match.replace(/[\\%_]/g, "\\$&")}%`;
  return await run<RecordedPerson>(
    Prisma.sql`SELECT r.user_name AS "user", count(*)::int AS count,
        count(*) FILTER (WHERE r.state = 'live')::int AS live,
        to_char(max(r.started_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "lastAt"
      FROM recordings r WHERE ${scopeSql(scope)} AND r.deleted_at IS NULL AND r.user_name ILIKE ${pattern}
      GROUP BY 1 ORDER BY count(*) FILTER (WHERE r.state = 'live') > 0 DESC, max(r.started_at) DESC, 1 LIMIT ${limit}`,
  );
}

/** Targets with recordings, those with the most first. */
export async function listRecordedTargets(scope: Scope, limit = 200): Promise<string[]> {
  const rows = await run<{ target: string }>(
    Prisma.sql`SELECT r.target FROM recordings r WHERE ${scopeSql(scope)} AND r.deleted_at IS NULL
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${limit}`,
  );
  return rows.map(({ target }) => target);
}

async function run<Row = RecordingLine>({ text, values }: Prisma.Sql): Promise<Row[]> {
  const found = await pool().query({ text, values });
  return found.rows as Row[];
}
