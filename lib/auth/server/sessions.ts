import "server-only";
import type { ClientBase } from "pg";
import { validate as isUuid, v4 as uuidv4 } from "uuid";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { absoluteDays, idleHours } from "../limits.ts";
import type { CurrentUser } from "../principal.ts";
import { isRole, isSharedOnly, type Role } from "../roles.ts";
import { reachOfUser } from "./reach.ts";

/**
 * What makes a session, its user included, valid at this moment. Looked at in every request, so that
 * revoking one or disabling its user is felt by the next.
 */
const valid = `s.revoked_at IS NULL AND s.expires_at > now()
  AND s.last_seen_at > now() - interval '${idleHours} hours' AND u.status = 'active'`;

type SessionRow = Omit<CurrentUser, "role"> & { role: string; stale: boolean };

/**
 * @returns the user of a valid session; undefined when there is none
 * @throws Error when the stored role is none of Daybook's
 */
export async function findSession(id: string): Promise<CurrentUser | undefined> {
  if (!isUuid(id)) return undefined;
  const found = await pool().query<SessionRow>({
    name: "session",
    text: `SELECT u.id, u.email, u.name, u.logins, u.role, u.shared_only AS "sharedOnly", ${reachOfUser} AS reach, o.id AS "organizationId", o.name AS "organizationName",
            s.id AS "sessionId", s.last_seen_at < now() - interval '1 minute' AS stale
     FROM sessions s JOIN users u ON u.id = s.user_id JOIN organizations o ON o.id = u.organization_id
     WHERE s.id = $1 AND ${valid}`,
    values: [id],
  });
  const row = found.rows[0];
  if (!row) return undefined;
  if (row.stale) await touch(row);
  const { stale: _, ...user } = row;
  const role = storedRole(row.role);
  return { ...user, role, sharedOnly: isSharedOnly(role, row.sharedOnly) };
}

/** Asks which of the sessions in an array are valid, and what their person may; that counts as no use of them. */
export function validSessionsSql(ids: `$${number}`): string {
  return `SELECT s.id, u.role, u.logins, u.shared_only, ${reachOfUser} AS reach, u.id AS user_id FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY(${ids}::uuid[]) AND ${valid}`;
}

/** Begins a session under a new random id, within the caller's transaction. */
export async function createSession(
  client: ClientBase,
  { userId, address, userAgent }: { userId: string; address: string; userAgent: string },
): Promise<string> {
  const id = uuidv4();
  await client.query(
    `INSERT INTO sessions (id, user_id, expires_at, address, user_agent)
     VALUES ($1, $2, now() + interval '${absoluteDays} days', nullif($3, ''), nullif($4, ''))`,
    [id, userId, address, userAgent],
  );
  return id;
}

/** Ends a session within the caller's transaction. @returns false when it had ended already */
export async function revokeSession(client: ClientBase, id: string): Promise<boolean> {
  const revoked = await client.query(
    "UPDATE sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
    [id],
  );
  return revoked.rowCount === 1;
}

/** Ends every session of a user, within the caller's transaction. @returns how many */
export async function revokeSessionsOf(client: ClientBase, userId: string): Promise<number> {
  const revoked = await client.query(
    "UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL",
    [userId],
  );
  return revoked.rowCount ?? 0;
}

type Expired = { id: string; userId: string; email: string; organizationId: string; idle: boolean };

/**
 * Writes the end of sessions that ran out as automatic logouts; they were invalid before it came to that.
 * Does nothing while another process is at it.
 *
 * @returns how many
 */
export async function endExpiredSessions(): Promise<number> {
  const guard = await pool().connect();
  const key = "hashtextextended('daybook expired sessions', 0)";
  try {
    const got = await guard.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS free`);
    if (got.rows[0]?.free !== true) return 0;
    try {
      const expired = await findExpired();
      for (const session of expired) await endExpired(session);
      return expired.length;
    } finally {
      await guard.query(`SELECT pg_advisory_unlock(${key})`);
    }
  } finally {
    guard.release();
  }
}

async function findExpired(): Promise<Expired[]> {
  const found = await pool().query<Expired>(
    `SELECT s.id, u.id AS "userId", u.email, u.organization_id AS "organizationId", s.expires_at > now() AS idle
     FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.revoked_at IS NULL AND (s.expires_at <= now() OR s.last_seen_at <= now() - interval '${idleHours} hours')
     LIMIT 1000`,
  );
  return found.rows;
}

async function endExpired({ id, userId, email, organizationId, idle }: Expired): Promise<void> {
  await runWorkflow(
    {
      actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
      workflowType: "user:automatic-logout",
      target: { name: email, id: userId },
      custom: {
        username: email,
        sessionId: id,
        cause: idle ? `not used for ${idleHours} hours` : `${absoluteDays} days after sign-in`,
      },
    },
    (client) => revokeSession(client, id),
  );
}

/** @throws Error when the role is none of Daybook's: such a user may do nothing */
export function storedRole(role: string): Role {
  if (!isRole(role)) throw new Error(`The database has a user with the unknown role ${JSON.stringify(role)}`);
  return role;
}

/** At most once a minute, and without waiting behind another request that does the same. */
async function touch({ sessionId, id }: SessionRow): Promise<void> {
  await pool().query(
    `WITH seen AS (
       UPDATE sessions SET last_seen_at = now()
       WHERE id = (SELECT id FROM sessions WHERE id = $1 AND last_seen_at < now() - interval '1 minute'
                   FOR UPDATE SKIP LOCKED)
       RETURNING user_id
     )
     UPDATE users SET last_seen_at = now() WHERE id = $2 AND EXISTS (SELECT 1 FROM seen)`,
    [sessionId, id],
  );
}
