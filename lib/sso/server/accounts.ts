import "server-only";
import type { ClientBase } from "pg";
import type { Role } from "@/lib/auth/roles.ts";
import { pool } from "@/lib/db/client.ts";
import type { NewAccount } from "@/lib/users/server/change-account.ts";
import type { Claims } from "./openid.ts";
import type { Provider } from "./providers.ts";

/** An account that a person of the provider may be. */
export type Account = { id: string; email: string; status: string; subject: string | null };

/** Whose account a person is: `refused` is for the record, nobody outside may be told. */
export type Found =
  | { account: Account; linked: boolean }
  | { create: { email: string; name: string } }
  | { refused: string; status: "unmapped" | "refused" };

/**
 * Finds the account of a person. One who was linked before keeps the account whatever address the provider names
 * now; an account that is linked to one person of the provider is no other's, whatever their address.
 */
export async function findAccount(provider: Provider, claims: Claims): Promise<Found> {
  const linked = await bySubject(provider, claims.subject);
  if (linked) return usable(linked, true);
  const { email, emailVerified } = claims;
  if (email === undefined)
    return { refused: "unknown person, of whom the provider names no address", status: "unmapped" };
  if (!emailVerified)
    return {
      refused: "unknown person, whose address the provider does not state as verified",
      status: "unmapped",
    };
  const known = await byEmail(provider, email);
  if (known && (provider.findsBy === "email" || known.provisioned)) {
    if (known.subject !== null)
      return { refused: "the account is linked to another person of the provider", status: "refused" };
    return usable(known, false);
  }
  if (known || (await isTaken(email)))
    return {
      refused: "the address is that of an account that this provider does not reach",
      status: "refused",
    };
  if (!provider.createsAccounts) return { refused: "unknown person", status: "unmapped" };
  return { create: { email, name: claims.name ?? email } };
}

function usable(account: Account, linked: boolean): Found {
  if (account.status === "active") return { account, linked };
  const reason =
    account.status === "disabled" ? "the account is disabled" : "the account is not activated yet";
  return { refused: reason, status: "refused" };
}

async function bySubject(provider: Provider, subject: string): Promise<Account | undefined> {
  const found = await pool().query<Account>(
    `SELECT u.id, u.email, u.status, l.subject FROM identity_links l JOIN users u ON u.id = l.user_id
     WHERE l.provider_id = $1 AND l.subject = $2 AND u.organization_id = $3`,
    [provider.id, subject, provider.organizationId],
  );
  return found.rows[0];
}

async function byEmail(
  provider: Provider,
  email: string,
): Promise<(Account & { provisioned: boolean }) | undefined> {
  const found = await pool().query<Account & { provisioned: boolean }>(
    `SELECT u.id, u.email, u.status, l.subject, l.user_id IS NOT NULL AS provisioned
     FROM users u LEFT JOIN identity_links l ON l.user_id = u.id AND l.provider_id = $1
     WHERE u.email = $2 AND u.organization_id = $3`,
    [provider.id, email, provider.organizationId],
  );
  return found.rows[0];
}

/** Whether it is anybody's, of whichever organization: an address or another name of an account. */
async function isTaken(email: string): Promise<boolean> {
  const found = await pool().query("SELECT 1 FROM users WHERE email = $1 OR $1 = ANY(logins)", [email]);
  return found.rowCount !== 0;
}

/** What an account starts with that a provider makes. */
export function newAccount(
  provider: Provider,
  { email, name, role, disabled }: { email: string; name: string; role: Role; disabled: boolean },
): NewAccount {
  return {
    organizationId: provider.organizationId,
    email,
    name,
    role,
    status: disabled ? "disabled" : "active",
    logins: [],
    sharedOnly: false,
    globalScope: provider.givesGlobalScope,
    passwordHash: null,
  };
}

/**
 * Links an account to a person of the provider, within the caller's transaction, which holds the account's lock. Two
 * accounts that are linked to one person at once come here one after the other.
 * @returns false when it is linked to another person, or the person to another account
 */
export async function linkSubject(
  client: ClientBase,
  {
    providerId,
    userId,
    subject,
    made,
  }: { providerId: string; userId: string; subject: string; made: boolean },
): Promise<boolean> {
  await client.query(
    "SELECT pg_advisory_xact_lock(hashtextextended('daybook subject ' || $1 || ' ' || $2, 0))",
    [providerId, subject],
  );
  const others = await client.query(
    "SELECT 1 FROM identity_links WHERE provider_id = $1 AND subject = $2 AND user_id <> $3",
    [providerId, subject, userId],
  );
  if (others.rowCount !== 0) return false;
  const linked = await client.query(
    `INSERT INTO identity_links AS l (provider_id, user_id, subject, made, last_sign_in_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (provider_id, user_id) DO UPDATE SET subject = excluded.subject, last_sign_in_at = now()
     WHERE l.subject IS NULL OR l.subject = excluded.subject`,
    [providerId, userId, subject, made],
  );
  return linked.rowCount === 1;
}
