import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { type Reach, reachCovers } from "@/lib/auth/reach.ts";
import { mayGrant, type Role } from "@/lib/auth/roles.ts";
import { reachOfUser } from "@/lib/auth/server/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { forbidden, notFound } from "@/lib/http/problem.ts";
import { type Account, findAccount } from "./accounts.ts";
import type { Cause } from "./change-account.ts";

/** @throws Problem 404 for what is not there or another organization's */
export async function requireAccount({ organizationId }: Principal, id: string): Promise<Account> {
  const account = await findAccount(id, organizationId);
  if (!account) throw notFound("There is no such user.");
  return account;
}

/**
 * The account, when the caller may manage it: whoever could change or activate an account that sees more than they do
 * could see through it.
 *
 * @throws Problem 404, or 403 when it lies above the caller's role or beyond what the caller sees
 */
export async function requireManageable(principal: Principal, id: string): Promise<Account> {
  const account = await requireAccount(principal, id);
  if (!mayGrant(principal.role, account.role))
    throw forbidden(`${account.email} is ${account.role}, which is above your role.`);
  if (principal.reach !== "all" && !reachCovers(principal.reach, await reachOf(id)))
    throw forbidden(`${account.email} sees more than you do.`);
  return account;
}

async function reachOf(id: string): Promise<Reach> {
  const found = await pool().query<{ reach: Reach }>(
    `SELECT ${reachOfUser.sql} AS reach FROM users u WHERE u.id = $1`,
    [id],
  );
  const [row] = found.rows;
  if (!row) throw notFound("There is no such user.");
  return row.reach;
}

/** @throws Problem 403 for a role above the caller's own */
export function requireGrantableRole(principal: Principal, role: Role): void {
  if (!mayGrant(principal.role, role)) throw forbidden(`Your role may not make anybody ${role}.`);
}

export function causeOf(principal: Principal, reason?: string): Cause {
  return {
    actor: actorOf(principal),
    by: principal.email,
    custom: { requestId: principal.requestId, ...(reason ? { reason } : {}) },
  };
}
