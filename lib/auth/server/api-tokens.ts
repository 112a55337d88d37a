import "server-only";
import { v7 as uuidv7 } from "uuid";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool, prisma } from "@/lib/db/client.ts";
import { forbidden, notFound, Problem } from "@/lib/http/problem.ts";
import type { ApiTokenItem } from "../api-token.ts";
import { allows, type Principal } from "../principal.ts";
import { grantableScopes, isSharedOnly, mayGrant, permissionsWithin, type TokenScope } from "../roles.ts";
import { reachOfUser } from "./reach.ts";
import { lockAccount, storedRole } from "./sessions.ts";
import { looksLikeToken, newToken, tokenHash } from "./tokens.ts";

/** The holder of a valid token, before the request's own facts are added. */
export type TokenHolder = Omit<Principal, "requestId" | "address" | "userAgent" | "sessionId">;

/** @returns the caller's tokens, or with `tokens:manage` those of the whole organization; newest first */
export async function listTokens(principal: Principal): Promise<ApiTokenItem[]> {
  const { organizationId, userId } = principal;
  const tokens = await prisma().apiToken.findMany({
    where: { organizationId, ...(allows(principal, "tokens:manage") ? {} : { userId }) },
    include: { user: { select: { email: true, name: true, role: true } } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return tokens.map((token) => ({
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    scopes: token.scopes,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    expired: token.expiresAt !== null && token.expiresAt.getTime() <= Date.now(),
    owner: { email: token.user.email, name: token.user.name },
    own: token.userId === userId,
    revocable: token.userId === userId || mayGrant(principal.role, storedRole(token.user.role)),
  }));
}

/**
 * Makes a token for the caller.
 *
 * @param wish checked input; `expiresInDays` null means never
 * @returns the id and the token itself, which is not kept and cannot be shown again
 * @throws Problem 403 when a scope lies above the caller's own role, and when the account is disabled or deleted at
 *   the same moment
 */
export async function createToken(
  principal: Principal,
  wish: { name: string; scopes: readonly TokenScope[]; expiresInDays: number | null },
): Promise<{ id: string; token: string }> {
  const above = wish.scopes.filter((scope) => !grantableScopes(principal.role).includes(scope));
  if (above.length > 0) throw forbidden(`Your role may not give a token ${above.join(", ")}.`);
  const id = uuidv7();
  const { token, shownPrefix, hash } = newToken("dbk_");
  const state = {
    name: wish.name,
    prefix: shownPrefix,
    scopes: [...wish.scopes],
    expiresInDays: wish.expiresInDays,
  };
  return await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "apiToken:creation",
      target: { name: wish.name, id },
      custom: { ...state, requestId: principal.requestId },
      updated: state,
    },
    async (client) => {
      if (!(await lockAccount(client, principal.userId)))
        throw forbidden("Your account was disabled or deleted a moment ago.");
      await client.query(
        `INSERT INTO api_tokens (id, organization_id, user_id, name, prefix, hash, scopes, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(days => $8::int))`,
        [
          id,
          principal.organizationId,
          principal.userId,
          wish.name,
          shownPrefix,
          hash,
          wish.scopes,
          wish.expiresInDays,
        ],
      );
      return { id, token };
    },
  );
}

/**
 * Revokes a token: one's own, or with `tokens:manage` that of somebody not above the own role.
 *
 * @param reason the caller's words, for the audit log
 * @throws Problem 404 when the organization has no such token the caller may know of, 403 when it may not be
 * revoked by the caller, 409 when it is revoked already
 */
export async function revokeToken(principal: Principal, id: string, reason?: string): Promise<void> {
  const token = await prisma().apiToken.findFirst({
    where: { id, organizationId: principal.organizationId },
    include: { user: { select: { email: true, role: true } } },
  });
  const own = token?.userId === principal.userId;
  if (!token || (!own && !allows(principal, "tokens:manage"))) throw notFound("There is no such token.");
  if (!own && !mayGrant(principal.role, storedRole(token.user.role))) {
    throw forbidden("The token belongs to somebody above your role.");
  }
  const state = { name: token.name, prefix: token.prefix, scopes: token.scopes, owner: token.user.email };
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "apiToken:deletion",
      target: { name: token.name, id },
      custom: { requestId: principal.requestId, ...(reason === undefined ? {} : { reason }) },
      original: { ...state, revoked: false },
      updated: { ...state, revoked: true },
    },
    async (client) => {
      const revoked = await client.query(
        "UPDATE api_tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
        [id],
      );
      if (revoked.rowCount !== 1) throw new Problem(409, "The token is revoked already.");
    },
  );
}

/** What makes a token, its user included, valid at this moment. */
const valid =
  "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now()) AND u.status = 'active'";

/** @returns the holder of a valid API token; undefined for any other text */
export async function findTokenHolder(token: string): Promise<TokenHolder | undefined> {
  if (!looksLikeToken(token, "dbk_")) return undefined;
  const found = await pool().query<Omit<TokenHolder, "role" | "kind"> & { role: string; stale: boolean }>({
    name: "token holder",
    text: `SELECT t.id, t.name, t.scopes, u.id AS "userId", u.email, u.logins, u.role, u.shared_only AS "sharedOnly",
            ${reachOfUser.text} AS reach,
            o.id AS "organizationId", o.name AS "organizationName",
            t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
     FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN organizations o ON o.id = t.organization_id
     WHERE t.hash = $1 AND ${valid}`,
    values: [tokenHash(token)],
  });
  const row = found.rows[0];
  if (!row) return undefined;
  const { stale, role: stored, ...holder } = row;
  if (stale) await noteUse(holder.id);
  const role = storedRole(stored);
  const sharedOnly = isSharedOnly(role, holder.sharedOnly);
  return {
    ...holder,
    kind: "api-key",
    role,
    sharedOnly,
    scopes: permissionsWithin(holder.scopes, { sharedOnly, reach: holder.reach }),
  };
}

/** Asks which of the tokens in an array are valid, and what their person may. */
export function validTokensSql(ids: `$${number}`): string {
  return `SELECT t.id, u.role, u.logins, u.shared_only, ${reachOfUser.text} AS reach, u.id AS user_id FROM api_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.id = ANY(${ids}::uuid[]) AND ${valid}`;
}

/** At most once a minute, and without waiting behind another request that does the same. */
async function noteUse(id: string): Promise<void> {
  await pool().query(
    `UPDATE api_tokens SET last_used_at = now()
     WHERE id = (SELECT id FROM api_tokens WHERE id = $1
                   AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') FOR UPDATE SKIP LOCKED)`,
    [id],
  );
}
