import "server-only";
import type { PoolClient } from "pg";
import type { Json, WorkflowFacts } from "@/lib/audit/server/record.ts";
import type { Role } from "@/lib/auth/roles.ts";
import { storedRole } from "@/lib/auth/server/sessions.ts";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { UserStatus } from "../user.ts";

/** An account as it stands in the database. */
export type Account = {
  id: string;
  organizationId: string;
  email: string;
  name: string;
  role: Role;
  status: UserStatus;
  sharedOnly: boolean;
  logins: string[];
  version: number;
};

const columns = `id, organization_id AS "organizationId", email, name, role, status, logins,
  shared_only AS "sharedOnly", version`;

/** @param within an organization; what is another's is undefined, as what is not there */
export async function findAccount(id: string, within: string): Promise<Account | undefined> {
  const found = await pool().query<Account>(
    `SELECT ${columns} FROM users WHERE id = $1 AND organization_id = $2`,
    [id, within],
  );
  return checked(found.rows[0]);
}

/** @param email in lower case */
export async function findAccountByEmail(email: string): Promise<Account | undefined> {
  const found = await pool().query<Account>(`SELECT ${columns} FROM users WHERE email = $1`, [email]);
  return checked(found.rows[0]);
}

function checked(row: Account | undefined): Account | undefined {
  return row && { ...row, role: storedRole(row.role) };
}

/** An account as the audit log tells of it before and after a change. */
export function stateOf({ email, name, role, status, logins, sharedOnly }: Omit<Account, "version">) {
  return { email, name, role, status, logins, sharedOnly } satisfies Json;
}

export function targetOf({ id, email }: Pick<Account, "id" | "email">): WorkflowFacts["target"] {
  return { name: email, id };
}

/** Who counts for {@link requireSuperuser}. */
export function isSuperuser({ role, status }: Pick<Account, "role" | "status">): boolean {
  return role === "superuser" && status === "active";
}

/**
 * Rows are a member's by name: no name may be two people's. Changes at once wait for each other here.
 *
 * @throws Problem 409
 */
export async function checkNames(client: PoolClient, user: Omit<Account, "version">): Promise<void> {
  await lockUsers(client);
  const same = await client.query("SELECT 1 FROM users WHERE email = $1 AND id <> $2", [user.email, user.id]);
  if (same.rowCount !== 0) throw new Problem(409, `There is an account with the address ${user.email}.`);
  const names = [user.email, ...user.logins];
  const found = await client.query<{ email: string; logins: string[] }>(
    `SELECT email, logins FROM users
     WHERE organization_id = $1 AND id <> $2 AND (email = ANY($3) OR logins && $3) ORDER BY email`,
    [user.organizationId, user.id, names],
  );
  const [other] = found.rows;
  if (!other) return;
  const taken = names.find((name) => [other.email, ...other.logins].includes(name));
  throw new Problem(409, `The name ${taken} is that of ${other.email} already.`);
}

/** Until the end of the transaction nobody else adds, changes or removes an account. */
export async function lockUsers(client: PoolClient): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook users', 0))");
}

/** Called after the change, within its transaction and behind {@link lockUsers}. @throws Problem 409 */
export async function requireSuperuser(
  client: PoolClient,
  { email, organizationId }: Pick<Account, "email" | "organizationId">,
): Promise<void> {
  const left = await client.query(
    "SELECT 1 FROM users WHERE organization_id = $1 AND role = 'superuser' AND status = 'active' LIMIT 1",
    [organizationId],
  );
  if (left.rowCount === 0) throw new Problem(409, `${email} is the last superuser of the organization.`);
}
