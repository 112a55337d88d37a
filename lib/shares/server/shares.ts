import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { type Reach, reaches } from "@/lib/auth/reach.ts";
import { reachOfUser } from "@/lib/auth/server/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { badRequest, notFound, Problem } from "@/lib/http/problem.ts";
import { readConnection } from "@/lib/recordings/server/connection.ts";
import { type Auditor, longestShareDays, type ShareLine } from "../share.ts";
import type { shareWish } from "../share-wish.ts";
import { sharesOf } from "./share-list.ts";
import { openShares } from "./shared.ts";

const dayMs = 86_400_000;

/** Who has, or had, access to a session, the newest first. @throws Problem 404 when there is no such connection */
export async function listShares(principal: Principal, connectionId: string): Promise<ShareLine[]> {
  await requireConnection(principal, connectionId);
  return sharesOf(principal.organizationId, connectionId);
}

/** The auditors of an organization, by address. */
export async function listAuditors(organizationId: string): Promise<Auditor[]> {
  const found = await pool().query<Auditor>(
    `SELECT u.id, u.email, u.name, u.shared_only AS "sharedOnly", (${reachOfUser.text})::text <> '"all"' AS limited
     FROM users u WHERE u.organization_id = $1 AND u.role = 'auditor' AND u.status = 'active' ORDER BY u.email`,
    [organizationId],
  );
  return found.rows;
}

/**
 * Shares a session with an auditor, up to the end of a day in UTC.
 * @throws Problem 404 when there is no such connection, 400 for who is no auditor or does not reach its space and
 *   target, and for a date that is over or too far away, 409 when it is shared with them already
 */
export async function shareSession(
  principal: Principal,
  connectionId: string,
  { userId, reason, until }: z.output<typeof shareWish>,
): Promise<ShareLine> {
  const { organizationId, email: by } = principal;
  const { name, ...where } = await requireConnection(principal, connectionId);
  requireDay(until);
  const auditor = (await listAuditors(organizationId)).find(({ id }) => id === userId);
  if (!auditor)
    throw badRequest([{ parameter: "userId", reason: "is no active auditor of the organization" }]);
  if (auditor.limited && !reaches(await readReach(userId), where))
    throw badRequest([{ parameter: "userId", reason: "does not see the space and target of this session" }]);
  const id = uuidv7();
  const state = { id, connectionId, auditor: auditor.email, until };
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "session:sharing",
      target: { name, id: connectionId },
      custom: { ...state, reason },
      updated: state,
    },
    async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook share ' || $1, 0))", [
        userId,
      ]);
      const open = await client.query(Prisma.sql`
        SELECT 1 FROM session_shares s WHERE s.organization_id = ${organizationId}::uuid
          AND s.connection_id = ${connectionId}::uuid AND s.user_id = ${userId}::uuid AND ${openShares}`);
      if (open.rowCount !== 0)
        throw new Problem(
          409,
          `The session is shared with ${auditor.email} already: revoke that share first.`,
        );
      await client.query(
        `INSERT INTO session_shares (id, organization_id, connection_id, user_id, reason, until, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, organizationId, connectionId, userId, reason, until, by],
      );
    },
  );
  const made = (await sharesOf(organizationId, connectionId)).find((line) => line.id === id);
  if (!made) throw new Error("A share that was just made is gone");
  return made;
}

/**
 * Takes a share back: what its auditor reads under it ends within a second.
 * @throws Problem 404 when there is none, 409 when it is revoked already
 */
export async function revokeShare(
  principal: Principal,
  connectionId: string,
  id: string,
  reason: string,
): Promise<void> {
  const { name } = await requireConnection(principal, connectionId);
  const before = (await sharesOf(principal.organizationId, connectionId)).find((line) => line.id === id);
  if (!before) throw notFound("There is no such share.");
  const state = { id, connectionId, auditor: before.user.email, until: before.until };
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "session:unsharing",
      target: { name, id: connectionId },
      custom: { ...state, reason },
      original: state,
      updated: { ...state, revoked: true },
    },
    async (client) => {
      const changed = await client.query(
        `UPDATE session_shares SET revoked_at = now(), revoked_by = $3
         WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL`,
        [principal.organizationId, id, principal.email],
      );
      if (changed.rowCount !== 1) throw new Problem(409, "The share is revoked already.");
    },
  );
}

type Place = { name: string; space: string | null; target: string | null };

/** @returns how the session is called, and where it was @throws Problem 404 */
async function requireConnection(principal: Principal, id: string): Promise<Place> {
  const found = await readConnection(principal, id);
  const shown: { [field: string]: unknown } = { ...(found?.row ?? found?.recording) };
  if (!found) throw notFound("There is no such connection.");
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return {
    name: `${shown["user"]} on ${shown["target"]}`,
    space: text(shown["space"]),
    target: text(shown["target"]),
  };
}

async function readReach(userId: string): Promise<Reach> {
  const found = await pool().query<{ reach: Reach }>(
    `SELECT ${reachOfUser.text} AS reach FROM users u WHERE u.id = $1`,
    [userId],
  );
  return found.rows[0]?.reach ?? { spaces: [], targets: [] };
}

function requireDay(until: string): void {
  const today = new Date().toISOString().slice(0, 10);
  const last = new Date(Date.now() + longestShareDays * dayMs).toISOString().slice(0, 10);
  if (until < today) throw badRequest([{ parameter: "until", reason: "must not be over (UTC)" }]);
  if (until > last)
    throw badRequest([{ parameter: "until", reason: `must be at most ${longestShareDays} days away` }]);
}
