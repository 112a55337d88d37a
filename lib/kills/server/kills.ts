import "server-only";
import type { PoolClient } from "pg";
import { v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import type { Kill } from "../kill.ts";

/** A kill with what is needed to deliver and to settle it. */
export type StoredKill = Kill & {
  organizationId: string;
  sourceId: string;
  /** Its place in the order in which the source is told. */
  place: number;
  /** Of the connection. */
  user: string;
  target: string;
};

type Wish = Pick<StoredKill, "organizationId" | "connectionId" | "sourceId" | "reason" | "cause"> & {
  requestedBy: string;
};

const utc = (column: string, name: string): string =>
  `to_char(k.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "${name}"`;

const selectSql = `SELECT k.id, k.organization_id AS "organizationId", k.connection_id AS "connectionId",
    k.source_id AS "sourceId", k.place::double precision AS place, k.reason, k.cause,
    CASE WHEN k.outcome IS NOT NULL THEN k.outcome WHEN k.acknowledged_at IS NOT NULL THEN 'acknowledged'
      ELSE 'requested' END AS state,
    k.requested_by AS "requestedBy", ${utc("requested_at", "requestedAt")},
    k.acknowledged_by AS "acknowledgedBy", ${utc("acknowledged_at", "acknowledgedAt")},
    k.settled_by AS "settledBy", ${utc("settled_at", "settledAt")}, k.detail,
    coalesce(c.user_name, '') AS "user", coalesce(c.target, '') AS target
  FROM kills k LEFT JOIN connections c ON c.organization_id = k.organization_id AND c.id = k.connection_id`;

/** What the outside is told of a kill. */
export function shownKill({ organizationId, sourceId, place, user, target, ...kill }: StoredKill): Kill {
  return kill;
}

/**
 * Writes down that somebody asks for the end of a connection; undefined when somebody has already. A source's
 * kills are written one after the other: who has seen one place of the order misses none before it.
 */
export async function insertKill(client: PoolClient, wish: Wish): Promise<string | undefined> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('kills ' || $1, 0))", [wish.sourceId]);
  const id = uuidv7();
  const inserted = await client.query(
    `INSERT INTO kills (organization_id, id, connection_id, open_connection_id, source_id, reason, cause, requested_by)
     VALUES ($1, $2, $3, $3, $4, $5, $6, $7) ON CONFLICT (organization_id, open_connection_id) DO NOTHING`,
    [wish.organizationId, id, wish.connectionId, wish.sourceId, wish.reason, wish.cause, wish.requestedBy],
  );
  return inserted.rowCount === 1 ? id : undefined;
}

export async function findKill(organizationId: string, id: string): Promise<StoredKill | undefined> {
  const found = await pool().query<StoredKill>(`${selectSql} WHERE k.organization_id = $1 AND k.id = $2`, [
    organizationId,
    id,
  ]);
  return found.rows[0];
}

/** The kill of a connection that is not yet settled. */
export async function openKillOf(
  organizationId: string,
  connectionId: string,
): Promise<StoredKill | undefined> {
  const found = await pool().query<StoredKill>(
    `${selectSql} WHERE k.organization_id = $1 AND k.open_connection_id = $2`,
    [organizationId, connectionId],
  );
  return found.rows[0];
}

/** Every kill of a connection, the first one first. */
export async function listKills(organizationId: string, connectionId: string): Promise<StoredKill[]> {
  const found = await pool().query<StoredKill>(
    `${selectSql} WHERE k.organization_id = $1 AND k.connection_id = $2 ORDER BY k.place LIMIT 200`,
    [organizationId, connectionId],
  );
  return found.rows;
}

/** Which of a source's kills are asked for: those behind a place, of a connection, of a person. */
export type KillQuery = {
  sourceId: string;
  after: number;
  connectionId: string | undefined;
  user: string | undefined;
  limit: number;
};

/** Kills of a source that are not settled, in order. */
export async function listOpenKills(query: KillQuery): Promise<StoredKill[]> {
  const found = await pool().query<StoredKill>(
    `${selectSql} WHERE k.source_id = $1 AND k.open_connection_id IS NOT NULL AND k.place > $2
       AND ($3::uuid IS NULL OR k.connection_id = $3) AND ($4::text IS NULL OR c.user_name = $4)
     ORDER BY k.place LIMIT $5`,
    [query.sourceId, query.after, query.connectionId ?? null, query.user ?? null, query.limit],
  );
  return found.rows;
}

/** Kills of connections that have closed meanwhile. */
export async function listOverdueKills(): Promise<StoredKill[]> {
  const found = await pool().query<StoredKill>(
    `${selectSql} WHERE k.open_connection_id IS NOT NULL AND c.status = 'closed' ORDER BY k.place LIMIT 500`,
  );
  return found.rows;
}

export async function hasOpenKills(): Promise<boolean> {
  const found = await pool().query("SELECT FROM kills WHERE open_connection_id IS NOT NULL LIMIT 1");
  return found.rowCount === 1;
}
