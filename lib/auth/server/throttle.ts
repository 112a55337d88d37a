import "server-only";
import ipaddr from "ipaddr.js";
import type { ClientBase } from "pg";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { signInLimits } from "../limits.ts";
import { type Lockout, recordLockout } from "./lockouts.ts";

type Limit = { guesses: number; windowMinutes: number; lockMinutes: number };

const limits = {
  account: signInLimits.account,
  codes: signInLimits.codes,
  address: signInLimits.address,
} as const satisfies { [of in Lockout["of"]]: unknown };

/** What a sign-in counts against: the account that is tried, and where the try comes from. */
export type Attempt = { email: string; address: string };

/** What a code counts against. */
export type CodeAttempt = Attempt & { userId: string };

/**
 * Counts a try before the password is looked at, so that guesses sent at once are counted like guesses sent
 * one after the other: of a thousand at the same moment, as many are looked at as the limit says. While
 * locked, tries neither count nor prolong the lock, and an address that is locked cannot lock accounts. The
 * beginning of a lock is in the audit log.
 *
 * @returns false when the account or the address is locked; the password must then not be looked at
 */
export async function countAttempt(attempt: Attempt): Promise<boolean> {
  const { email } = attempt;
  return (await countAddress(attempt)) && (await countGuess(accountKey(email), "account", attempt));
}

/** As {@link countAttempt}, for guesses at the code of somebody whose password was right. */
export async function countCode(attempt: CodeAttempt): Promise<boolean> {
  const { userId } = attempt;
  return (await countAddress(attempt)) && (await countGuess(codeKey(userId), "codes", attempt));
}

/**
 * Takes a right password off the counts: the account starts anew, the address gets this one try back, or
 * whoever owns one account could clear an address for guessing at others.
 */
export async function forgiveAttempt({ email, address }: Attempt): Promise<void> {
  await forgive(accountKey(email), address);
}

/** As {@link forgiveAttempt}, after a right code. */
export async function forgiveCode({ userId, address }: CodeAttempt): Promise<void> {
  await forgive(codeKey(userId), address);
}

/**
 * The lock of the user `u` of a query, as JSON with `until`, `tries` and `of`; null when there is none. Of two, that of
 * passwords and that of codes, it is the one that lasts longer.
 */
export const lockOfUser = `(SELECT json_build_object('until', ${utcText("t.locked_until")}, 'tries', t.failures,
    'of', CASE WHEN t.key = 'codes ' || u.id THEN 'codes' ELSE 'passwords' END)
  FROM sign_in_throttles t WHERE t.key IN ('account ' || u.email, 'codes ' || u.id) AND t.locked_until > now()
  ORDER BY t.locked_until DESC LIMIT 1)`;

/** Ends the locks of an account and forgets its guesses. @returns whether there was a lock */
export async function unlockAccount(
  client: Pick<ClientBase, "query">,
  { email, userId }: Pick<CodeAttempt, "email" | "userId">,
): Promise<boolean> {
  const removed = await client.query<{ locked: boolean }>(
    "DELETE FROM sign_in_throttles WHERE key = ANY($1) RETURNING coalesce(locked_until > now(), false) AS locked",
    [[accountKey(email), codeKey(userId)]],
  );
  return removed.rows.some(({ locked }) => locked);
}

async function forgive(key: string, address: string): Promise<void> {
  await pool().query("DELETE FROM sign_in_throttles WHERE key = $1", [key]);
  const network = addressKey(address);
  if (network === undefined) return;
  await pool().query("UPDATE sign_in_throttles SET failures = failures - 1 WHERE key = $1 AND failures > 0", [
    network,
  ]);
}

/**
 * Counts a use of what may be used so often only, by the same rule as tries to sign in.
 *
 * @param what names it, and whose it is
 * @param address counts for each address, or for nobody when the server did not say where the use comes from
 * @returns false when there were too many
 */
export async function countUse(what: string, limit: Limit, address?: string): Promise<boolean> {
  if (address === undefined) return (await count(`use ${what}`, limit)).allowed;
  const network = addressKey(address);
  return network === undefined || (await count(`use ${what} ${network}`, limit)).allowed;
}

/** Removes counts that no longer mean anything. @returns how many */
export async function forgetOldAttempts(): Promise<number> {
  const removed = await pool().query(
    `DELETE FROM sign_in_throttles
     WHERE window_start < now() - interval '1 day' AND (locked_until IS NULL OR locked_until < now())`,
  );
  return removed.rowCount ?? 0;
}

async function countAddress(attempt: Attempt): Promise<boolean> {
  const network = addressKey(attempt.address);
  return network === undefined || (await countGuess(network, "address", attempt));
}

/** Counts a guess at signing in; the one that brings a lock about has it recorded. */
async function countGuess(key: string, of: Lockout["of"], { email, address }: Attempt): Promise<boolean> {
  const limit = limits[of];
  const { allowed, lockedNow, lockedUntil } = await count(key, limit);
  if (lockedNow) await recordLockout({ email, address, of, lockedUntil, guesses: limit.guesses });
  return allowed;
}

/**
 * Whether an address failed too often at what is not a sign-in; ask before the look at what it sends.
 * @param what of {@link countFailure}
 */
export async function isLocked(what: string, address: string): Promise<boolean> {
  const network = addressKey(address);
  if (network === undefined) return false;
  const found = await pool().query(
    "SELECT 1 FROM sign_in_throttles WHERE key = $1 AND locked_until > now()",
    [`${what} ${network}`],
  );
  return found.rowCount === 1;
}

/** Counts a failure of an address at something of its own, such as "pairing": sign-ins are counted apart. */
export async function countFailure(what: string, address: string, limit: Limit): Promise<void> {
  const network = addressKey(address);
  if (network !== undefined) await count(`${what} ${network}`, limit);
}

type Counted = { allowed: boolean; lockedNow: boolean; lockedUntil: string };

async function count(key: string, { guesses, windowMinutes, lockMinutes }: Limit): Promise<Counted> {
  const counted = await pool().query<Counted>(
    `INSERT INTO sign_in_throttles AS t (key, failures, window_start) VALUES ($1, 1, now())
     ON CONFLICT (key) DO UPDATE SET
       failures = CASE WHEN t.locked_until > now() THEN t.failures
                       WHEN t.locked_until IS NOT NULL OR t.window_start <= now() - make_interval(mins => $3) THEN 1
                       ELSE t.failures + 1 END,
       window_start = CASE WHEN t.locked_until > now() THEN t.window_start
                           WHEN t.locked_until IS NOT NULL OR t.window_start <= now() - make_interval(mins => $3) THEN now()
                           ELSE t.window_start END,
       locked_until = CASE WHEN t.locked_until > now() THEN t.locked_until
                           WHEN t.locked_until IS NOT NULL OR t.window_start <= now() - make_interval(mins => $3) THEN NULL
                           WHEN t.failures >= $2 THEN now() + make_interval(mins => $4)
                           ELSE NULL END
     RETURNING locked_until IS NULL AS allowed,
       coalesce(locked_until = now() + make_interval(mins => $4), false) AS "lockedNow",
       coalesce(${utcText("locked_until")}, '') AS "lockedUntil"`,
    [key, guesses, windowMinutes, lockMinutes],
  );
  const [now] = counted.rows;
  if (!now) throw new Error("A count has one row");
  return now;
}

function accountKey(email: string): string {
  return `account ${email}`;
}

function codeKey(userId: string): string {
  return `codes ${userId}`;
}

/** One household has many IPv6 addresses but one /64. Undefined when the server did not say. */
function addressKey(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return address === "" ? undefined : `address ${address}`;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return `address ${parsed.toString()}`;
  return `address ${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}
