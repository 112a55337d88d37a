import "server-only";
import type { ClientBase } from "pg";
import { validate as isUuid, v4 as uuidv4 } from "uuid";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { Problem } from "@/lib/http/problem.ts";
import { durationText } from "../duration.ts";
import type { CurrentUser } from "../principal.ts";
import { isRole, isSharedOnly, type Role } from "../roles.ts";
import type { OwnSession } from "../second-factor.ts";
import { reachOfUser } from "./reach.ts";
import { absoluteSql, idleSql, secondFactorRequiredSql } from "./sign-in-policy.ts";

/**
 * What makes a session, its user included, valid at this moment. Looked at in every request, so that
 * revoking one, disabling its user or a stricter policy is felt by the next. A session keeps the end that it was
 * given: a policy that allows longer ones is for those that begin later.
 */
const valid = `s.revoked_at IS NULL AND s.expires_at > now() AND s.created_at > now() - ${absoluteSql}
  AND s.last_seen_at > now() - ${idleSql} AND u.status = 'active'`;

/** Sessions with their users and what their organizations ask of them, which may be nothing. */
const sessionsSql = `sessions s JOIN users u ON u.id = s.user_id
  LEFT JOIN sign_in_policies p ON p.organization_id = u.organization_id`;

/** Whether nothing is open to the session before a second factor is enrolled. */
const mustEnrol = `(s.method = 'password' AND ${secondFactorRequiredSql} AND NOT EXISTS
  (SELECT 1 FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL))`;

type SessionRow = Omit<CurrentUser, "role"> & { role: string; stale: boolean };

/**
 * @returns the user of a valid session; undefined when there is none
 * @throws Error when the stored role is none of Daybook's
 */
export async function findSession(id: string): Promise<CurrentUser | undefined> {
  if (!isUuid(id)) return undefined;
  const found = await pool().query<SessionRow>({
    name: "session",
    text: `SELECT u.id, u.email, u.name, u.logins, u.role, u.shared_only AS "sharedOnly", ${reachOfUser.text} AS reach, o.id AS "organizationId", o.name AS "organizationName",
            s.id AS "sessionId", ${mustEnrol} AS "mustEnrol", s.last_seen_at < now() - interval '1 minute' AS stale
     FROM ${sessionsSql} JOIN organizations o ON o.id = u.organization_id
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
  return `SELECT s.id, u.role, u.logins, u.shared_only, ${reachOfUser.text} AS reach, u.id AS user_id FROM ${sessionsSql}
    WHERE s.id = ANY(${ids}::uuid[]) AND ${valid} AND NOT ${mustEnrol}`;
}

/** The sessions of a person that are open, the one used last first. */
export async function listOpenSessions(
  userId: string,
  client: Pick<ClientBase, "query"> = pool(),
): Promise<Omit<OwnSession, "current">[]> {
  const found = await client.query<Omit<OwnSession, "current">>(
    `SELECT s.id, s.address, s.user_agent AS "userAgent", ${utcText("s.created_at")} AS "createdAt",
       ${utcText("s.last_seen_at")} AS "lastSeenAt"
     FROM ${sessionsSql} WHERE s.user_id = $1 AND ${valid} ORDER BY s.last_seen_at DESC, s.id`,
    [userId],
  );
  return found.rows;
}

/** Who begins a session, and from where. `method`: with `provider` the second factor is the identity provider's matter. */
export type NewSession = {
  userId: string;
  address: string;
  userAgent: string;
  method?: "password" | "provider";
  /** Which one, with that method. */
  providerId?: string;
};

/**
 * Begins a session under a new random id, within the caller's transaction. Whoever disables or deletes the account
 * at the same moment comes before it, and there is no session, or after it, and ends it.
 *
 * @throws Problem 403 when the account is not active
 */
export async function createSession(
  client: ClientBase,
  { userId, address, userAgent, method = "password", providerId }: NewSession,
): Promise<string> {
  const active = await client.query(
    "UPDATE users SET last_seen_at = now() WHERE id = $1 AND status = 'active'",
    [userId],
  );
  if (active.rowCount !== 1) throw new Problem(403, "The account was disabled a moment ago.");
  const id = uuidv4();
  await client.query(
    `INSERT INTO sessions (id, user_id, expires_at, address, user_agent, method, provider_id)
     SELECT $1, u.id, now() + ${absoluteSql}, nullif($3, ''), nullif($4, ''), $5, $6
     FROM users u LEFT JOIN sign_in_policies p ON p.organization_id = u.organization_id WHERE u.id = $2`,
    [id, userId, address, userAgent, method, providerId ?? null],
  );
  return id;
}

/**
 * Locks an account until the end of the caller's transaction. What also locks its second factor or a sign-in half done
 * takes this lock first, as disabling does, so that no two wait for each other.
 *
 * @param passwordHash of the password that was looked at before, where one was
 * @returns whether the account is active, and has that password still
 */
export async function lockAccount(
  client: ClientBase,
  userId: string,
  passwordHash: string | null = null,
): Promise<boolean> {
  const found = await client.query<{ active: boolean }>(
    `SELECT status = 'active' AND ($2::text IS NULL OR password_hash IS NOT DISTINCT FROM $2) AS active
     FROM users WHERE id = $1 FOR NO KEY UPDATE`,
    [userId, passwordHash],
  );
  return found.rows[0]?.active === true;
}

/** Ends a session within the caller's transaction. @returns false when it had ended already */
export async function revokeSession(client: ClientBase, id: string): Promise<boolean> {
  const revoked = await client.query(
    "UPDATE sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
    [id],
  );
  return revoked.rowCount === 1;
}

/** Ends every session of a user and sign-ins half done, within the caller's transaction. @returns how many sessions */
export async function revokeSessionsOf(client: ClientBase, userId: string): Promise<number> {
  // Not now(): to a transaction that began before this one, that would still be to come.
  await client.query("UPDATE sign_in_challenges SET expires_at = to_timestamp(0) WHERE user_id = $1", [
    userId,
  ]);
  const revoked = await client.query(
    "UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL",
    [userId],
  );
  return revoked.rowCount ?? 0;
}

type Expired = {
  id: string;
  userId: string;
  email: string;
  organizationId: string;
  /** Else it came to the end that every session has. */
  idle: boolean;
  idleMinutes: number;
  lastedMinutes: number;
};

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

/** When a session ends, used or not. */
const endSql = `least(s.expires_at, s.created_at + ${absoluteSql})`;

async function findExpired(): Promise<Expired[]> {
  const found = await pool().query<Expired>(
    `SELECT * FROM (
       SELECT s.id, u.id AS "userId", u.email, u.organization_id AS "organizationId",
         s.last_seen_at + ${idleSql} <= now() AND s.last_seen_at + ${idleSql} < ${endSql} AS idle,
         extract(epoch FROM ${idleSql})::int / 60 AS "idleMinutes",
         extract(epoch FROM ${endSql} - s.created_at)::int / 60 AS "lastedMinutes", ${endSql} <= now() AS over
       FROM ${sessionsSql} WHERE s.revoked_at IS NULL) ended
     WHERE idle OR over LIMIT 1000`,
  );
  return found.rows;
}

async function endExpired(session: Expired): Promise<void> {
  const { id, userId, email, organizationId, idle, idleMinutes, lastedMinutes } = session;
  await runWorkflow(
    {
      actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
      workflowType: "user:automatic-logout",
      target: { name: email, id: userId },
      custom: {
        username: email,
        sessionId: id,
        limit: idle ? "idle" : "absolute",
        cause: idle
          ? `not used for ${durationText(idleMinutes)}`
          : `${durationText(lastedMinutes)} after sign-in`,
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

/**
 * At most once a minute, and without waiting behind another request that does the same. The account is locked first, as
 * by whoever ends its sessions ({@link lockAccount}), and left for the next request where somebody has it.
 */
async function touch({ sessionId, id }: SessionRow): Promise<void> {
  await pool().query(
    `WITH person AS (SELECT id FROM users WHERE id = $2 FOR NO KEY UPDATE SKIP LOCKED),
     seen AS (
       UPDATE sessions SET last_seen_at = now()
       WHERE id = (SELECT s.id FROM person JOIN sessions s ON s.user_id = person.id
                   WHERE s.id = $1 AND s.last_seen_at < now() - interval '1 minute'
                   FOR UPDATE OF s SKIP LOCKED)
       RETURNING user_id
     )
     UPDATE users SET last_seen_at = now() WHERE id = $2 AND EXISTS (SELECT 1 FROM seen)`,
    [sessionId, id],
  );
}
