import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import { identifier, type Scope, scopeSql, withinSql } from "@/lib/logs/server/sql.ts";
import type { SessionLog, SessionPage } from "../session-log.ts";
import type { SessionQuery } from "../session-query.ts";

const utc = (table: "c" | "r", column: string): Prisma.Sql =>
  Prisma.sql`to_char(${identifier(table)}.${identifier(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const recordings = (
  within: Prisma.Sql,
): Prisma.Sql => Prisma.sql`SELECT json_agg(json_build_object('recording_id', r.id, 'start_time', ${utc("r", "started_at")})
    ORDER BY r.started_at, r.id) AS recordings
  FROM recordings r WHERE r.organization_id = c.organization_id AND r.connection_id = c.id AND r.deleted_at IS NULL AND ${within}`;

/** What the events say that no column of the connection keeps. */
const client = Prisma.sql`SELECT (array_agg(e.client_port ORDER BY e.time) FILTER (WHERE e.client_port IS NOT NULL))[1] AS port,
    (array_agg(e.city ORDER BY e.time) FILTER (WHERE e.city IS NOT NULL))[1] AS city,
    (array_agg(e.country ORDER BY e.time) FILTER (WHERE e.country IS NOT NULL))[1] AS country
  FROM connection_events e WHERE e.organization_id = c.organization_id AND e.connection_id = c.id
    AND e.time BETWEEN c.time AND c.last_event_time`;

const columns = Prisma.sql`c.id AS session_id, t.id AS socket_id, c.target AS socket_name, ${utc("c", "time")} AS start_time,
  ${utc("c", "end_time")} AS end_time, ${utc("c", "last_event_time")} AS last_seen, c.user_name AS user_email,
  coalesce(u.name, c.user_name) AS name, '' AS nickname, '' AS picture, u.id AS sub, c.target AS server_name,
  NULL AS server_port, c.client_address AS client_ip, client.port::text AS client_port, c.kind AS session_type,
  CASE WHEN c.kind IN ('ssh', 'sudo') THEN c.target_user END AS sshuser,
  CASE WHEN c.outcome = 'denied' THEN 'denied' ELSE 'success' END AS result,
  EXISTS (SELECT FROM kills k WHERE k.organization_id = c.organization_id AND k.connection_id = c.id
    AND k.outcome = 'ended') AS killed,
  recorded.recordings IS NOT NULL AS audit_log, coalesce(recorded.recordings, '[]') AS recordings,
  json_build_object('ip_metadata', json_build_object('city_name', client.city, 'country_name', client.country)) AS metadata`;

const joins = ({
  within,
}: Scope): Prisma.Sql => Prisma.sql`LEFT JOIN targets t ON t.organization_id = c.organization_id AND t.name = c.target
    AND t.kind = CASE c.kind WHEN 'sudo' THEN 'ssh' ELSE c.kind END
  LEFT JOIN users u ON u.organization_id = c.organization_id AND u.email = c.user_name
  LEFT JOIN LATERAL (${recordings(within ? withinSql(within) : Prisma.sql`true`)}) recorded ON true
  LEFT JOIN LATERAL (${client}) client ON true`;

/** A page of the connections that somebody may see, the newest first, as Border0's API lists sessions. */
export async function listSessions(principal: Principal, query: SessionQuery): Promise<SessionPage> {
  const { page, pageSize, targets, users, result } = query;
  const scope = scopeOf(principal, "connections");
  const where = Prisma.join(
    [
      scopeSql(scope),
      ...(users.length === 0 ? [] : [Prisma.sql`r.user_name IN (${Prisma.join([...users])})`]),
      ...(targets.length === 0 ? [] : [Prisma.sql`r.target IN (${Prisma.join([...targets])})`]),
      ...(result === undefined
        ? []
        : [Prisma.sql`r.outcome = ${result === "denied" ? "denied" : "allowed"}`]),
    ],
    " AND ",
  );
  const [counted, sessions] = await Promise.all([
    run<{ n: number }>(Prisma.sql`SELECT count(*)::double precision AS n FROM connections r WHERE ${where}`),
    run<SessionLog>(
      Prisma.sql`SELECT ${columns} FROM (SELECT * FROM connections r WHERE ${where}
         ORDER BY r.time DESC, r.id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}) c ${joins(scope)}
       ORDER BY c.time DESC, c.id DESC`,
    ),
  ]);
  const total = counted[0]?.n ?? 0;
  const pages = Math.ceil(total / pageSize);
  return {
    pagination: {
      current_page: page,
      next_page: page < pages ? page + 1 : 0,
      total_records: total,
      total_pages: pages,
      records_per_page: pageSize,
      actual_page_size: sessions.length,
    },
    session_logs: sessions,
  };
}

/** One of them; undefined when there is none that this principal may see. */
export async function findSession(principal: Principal, id: string): Promise<SessionLog | undefined> {
  const scope = scopeOf(principal, "connections");
  const [session] = await run<SessionLog>(
    Prisma.sql`SELECT ${columns} FROM (SELECT * FROM connections r
       WHERE ${scopeSql(scope)} AND r.id = ${id}::uuid) c ${joins(scope)}`,
  );
  return session;
}

async function run<Row>({ text, values }: Prisma.Sql): Promise<Row[]> {
  const found = await pool().query({ text, values });
  return found.rows as Row[];
}
