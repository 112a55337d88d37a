import "server-only";
import { createHash, randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import { lockAccount } from "@/lib/auth/server/sessions.ts";
import { countUse } from "@/lib/auth/server/throttle.ts";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { Problem } from "@/lib/http/problem.ts";
import { linkLimits } from "../user.ts";
import { type Account, findAccount } from "./accounts.ts";

/** What a link in a mail is for. */
type Purpose = "activation" | "password-reset";

/** A link as it is sent; only the SHA-256 of its token is kept. */
export type NewLink = { url: string; expiresAt: string };

const paths = { activation: "/activate", "password-reset": "/reset-password" } as const;
const hours = { activation: linkLimits.activationHours, "password-reset": linkLimits.resetHours } as const;
/** 32 random bytes in base64url. */
const form = /^[A-Za-z0-9_-]{43}$/;

/** Days for which a link that cannot be used any more is kept, so that the record can say why. */
const keptDays = 30;

/**
 * Makes a link within the caller's transaction; an older one of the same purpose is dead from its commit on. Whoever
 * makes or uses links of one person at the same moment waits here for the other.
 *
 * @throws Problem 409 when the account was deleted meanwhile
 */
export async function newLink(client: PoolClient, userId: string, purpose: Purpose): Promise<NewLink> {
  const token = randomBytes(32).toString("base64url");
  await lockAccount(client, userId);
  await endLinks(client, userId, purpose);
  const made = await client.query<{ expiresAt: Date }>(
    `INSERT INTO user_links (hash, user_id, purpose, expires_at)
     SELECT $1, u.id, $3, now() + make_interval(hours => $4) FROM users u WHERE u.id = $2
     RETURNING expires_at AS "expiresAt"`,
    [hashOf(token), userId, purpose, hours[purpose]],
  );
  const [row] = made.rows;
  if (!row) throw new Problem(409, "The account was deleted a moment ago.");
  // The address is the configured one: what a request calls this host is a stranger's word.
  const url = new URL(`${paths[purpose]}/${token}`, env().NEXTAUTH_URL).href;
  return { url, expiresAt: row.expiresAt.toISOString() };
}

/** Makes the unused links of a person for a purpose useless, within the caller's transaction. */
export async function endLinks(client: PoolClient, userId: string, purpose: Purpose): Promise<void> {
  await client.query(
    `UPDATE user_links SET replaced_at = now()
     WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL AND replaced_at IS NULL`,
    [userId, purpose],
  );
}

/** Whose link it is; `state` says what it is worth, and anything but `valid` is for the record alone. */
export type Holder = Account & {
  state: "valid" | "expired" | "used" | "replaced";
  organizationName: string;
  hasPassword: boolean;
};

/** @returns undefined for a token that was never made, or whose account is gone */
export async function findHolder(token: string, purpose: Purpose): Promise<Holder | undefined> {
  if (!form.test(token)) return undefined;
  const found = await pool().query<Omit<Holder, keyof Account> & { userId: string; organizationId: string }>(
    `SELECT l.user_id AS "userId", u.organization_id AS "organizationId", o.name AS "organizationName",
            u.password_hash IS NOT NULL AS "hasPassword",
            CASE WHEN l.used_at IS NOT NULL THEN 'used' WHEN l.replaced_at IS NOT NULL THEN 'replaced'
                 WHEN l.expires_at <= now() THEN 'expired' ELSE 'valid' END AS state
     FROM user_links l JOIN users u ON u.id = l.user_id JOIN organizations o ON o.id = u.organization_id
     WHERE l.hash = $1 AND l.purpose = $2`,
    [hashOf(token), purpose],
  );
  const [row] = found.rows;
  if (!row) return undefined;
  const { userId, organizationId, ...link } = row;
  const account = await findAccount(userId, organizationId);
  return account && { ...account, ...link };
}

/** Counts a try at a link from an address. @throws Problem 429 */
export async function requireTries(address: string): Promise<void> {
  const limit = linkLimits.triesFromAddress;
  if (await countUse("links", limit, address)) return;
  throw new Problem(429, "Too many links were tried from your address. Wait a quarter of an hour.", {
    headers: { "retry-after": String(limit.lockMinutes * 60) },
  });
}

/**
 * Uses a link up, within the caller's transaction: of two at once, one does. Others of the purpose, as two that were
 * asked for at the same moment, go with it. @throws Problem 404
 */
export async function useLink(
  client: PoolClient,
  { id: userId }: Pick<Holder, "id">,
  token: string,
  purpose: Purpose,
): Promise<void> {
  await lockAccount(client, userId);
  const used = await client.query(
    `UPDATE user_links SET used_at = now()
     WHERE hash = $1 AND purpose = $2 AND user_id = $3
       AND used_at IS NULL AND replaced_at IS NULL AND expires_at > now()`,
    [hashOf(token), purpose, userId],
  );
  if (used.rowCount !== 1) throw badLink();
  await endLinks(client, userId, purpose);
}

/** The one answer to every link that cannot be used; it tells nothing of why. */
export function badLink(): Problem {
  return new Problem(
    404,
    "This link cannot be used. It may have expired, been used, or been replaced by a newer one.",
  );
}

/** Removes links that have been dead for long. @returns how many */
export async function forgetOldLinks(): Promise<number> {
  const removed = await pool().query(
    `DELETE FROM user_links WHERE least(expires_at, used_at, replaced_at) < now() - interval '${keptDays} days'`,
  );
  return removed.rowCount ?? 0;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}
