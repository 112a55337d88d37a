import "server-only";
import type { PoolClient } from "pg";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { runWorkflow, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import { type Role, roles } from "@/lib/auth/roles.ts";
import { generatePassword, hashPassword } from "@/lib/auth/server/passwords.ts";
import { revokeSessionsOf } from "@/lib/auth/server/sessions.ts";
import { pool } from "@/lib/db/client.ts";
import { textFault } from "@/lib/http/body.ts";
import { Problem } from "@/lib/http/problem.ts";

/** An account as `npm run user -- list` prints it. */
export type UserLine = {
  organization: string;
  email: string;
  name: string;
  role: Role;
  status: "active" | "disabled";
  /** As an auditor: sees only sessions that were shared with them. */
  sharedOnly: boolean;
  /** Names in records that are this person's, beside the email address. */
  logins: string[];
  /** UTC; null before the first sign-in. */
  lastSeenAt: string | null;
};

type User = Omit<UserLine, "organization" | "lastSeenAt"> & { id: string; organizationId: string };

/** What of an account an operator changes. */
export type UserChange =
  | { role: Role }
  | { status: UserLine["status"] }
  | { logins: string[] }
  | { sharedOnly: boolean };

const oneName = z
  .string()
  .trim()
  .min(1)
  .max(1024)
  .refine((text) => textFault(text) === undefined, "must hold neither NUL nor half of a surrogate pair");

const wish = z.object({
  email: z.email().max(254).toLowerCase(),
  name: oneName.max(200),
  role: z.enum(roles),
  logins: z.array(oneName).max(50),
  /** By its name; without one the organization that was made first. */
  organization: z.string().optional(),
});

export type UserWish = z.input<typeof wish>;

/** Who types a command on the server is nobody that Daybook knows. */
const cause = "command on the server";

/** Every account, by organization and address. */
export async function listUsers(): Promise<UserLine[]> {
  const found = await pool().query<UserLine>(
    `SELECT o.name AS organization, u.email, u.name, u.role, u.status, u.logins, u.shared_only AS "sharedOnly",
            to_char(u.last_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "lastSeenAt"
     FROM users u JOIN organizations o ON o.id = u.organization_id ORDER BY o.created_at, o.id, u.email`,
  );
  return found.rows;
}

/**
 * Makes an account with a generated password, as a workflow of the audit log.
 *
 * @returns the password, which is kept nowhere else
 * @throws Problem 400 that names a wrong value, 404 for an unknown organization, 409 when a name is taken
 */
export async function addUser(given: UserWish): Promise<string> {
  const checked = wish.safeParse(given);
  if (!checked.success) {
    const reasons = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Problem(400, reasons.join("; "));
  }
  const { organization, ...account } = checked.data;
  const user: User = {
    ...account,
    logins: [...new Set(account.logins)],
    status: "active",
    sharedOnly: false,
    id: uuidv7(),
    organizationId: await organizationId(organization),
  };
  const password = generatePassword();
  const hash = await hashPassword(password);
  await runWorkflow(
    {
      ...factsOf(user),
      workflowType: "user:creation",
      custom: { newUsername: user.email, createdBy: cause, scopeAssignmentStatus: user.role },
      updated: stateOf(user),
    },
    async (client) => {
      await checkNames(client, user);
      await client.query(
        `INSERT INTO users (id, organization_id, email, name, role, status, logins, password_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [user.id, user.organizationId, user.email, user.name, user.role, user.status, user.logins, hash],
      );
    },
  );
  return password;
}

/**
 * Changes an account as a workflow of the audit log. A disabled one loses its sessions; its API tokens rest
 * until it is enabled again. What is open under it ends within a second.
 *
 * @throws Problem 404 for an unknown address, 409 when nothing would change, when a name is another's, or when
 *   the organization would be left without an active superuser
 */
export async function changeUser(email: string, change: UserChange): Promise<void> {
  const before = await findUser(email);
  const after: User = { ...before, ...change };
  if ("sharedOnly" in change && change.sharedOnly && before.role !== "auditor") {
    throw new Problem(
      409,
      `${before.email} is ${before.role}: only an auditor can be kept to shared sessions.`,
    );
  }
  if ("logins" in change) after.logins = checkedLogins(change.logins);
  const [original, updated] = [stateOf(before), stateOf(after)];
  if (JSON.stringify(original) === JSON.stringify(updated)) {
    throw new Problem(409, `${before.email} is like that already.`);
  }
  await runWorkflow(
    {
      ...factsOf(before),
      workflowType: "user:update",
      custom: { username: before.email, updatedBy: cause },
      original,
      updated,
    },
    async (client) => {
      await checkNames(client, after);
      const { id, role, status, logins, sharedOnly } = after;
      await client.query(
        "UPDATE users SET role = $2, status = $3, logins = $4, shared_only = $5 WHERE id = $1",
        [id, role, status, logins, sharedOnly],
      );
      if (status === "disabled") await revokeSessionsOf(client, id);
      if (isSuperuser(before) && !isSuperuser(after)) await requireSuperuser(client, after);
    },
  );
}

function isSuperuser({ role, status }: User): boolean {
  return role === "superuser" && status === "active";
}

function checkedLogins(given: string[]): string[] {
  const logins = wish.shape.logins.safeParse(given);
  if (logins.success) return [...new Set(logins.data)];
  throw new Problem(400, `login names: ${logins.error.issues.map(({ message }) => message).join("; ")}`);
}

function stateOf({ email, name, role, status, logins, sharedOnly }: User) {
  return { email, name, role, status, logins, sharedOnly };
}

function factsOf({ id, email, organizationId }: User): Pick<WorkflowFacts, "actor" | "target"> {
  return {
    actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
    target: { name: email, id },
  };
}

async function findUser(email: string): Promise<User> {
  const address = email.trim().toLowerCase();
  const found = await pool().query<User>(
    `SELECT id, organization_id AS "organizationId", email, name, role, status, logins, shared_only AS "sharedOnly"
     FROM users WHERE email = $1`,
    [address],
  );
  const [user] = found.rows;
  if (!user) throw new Problem(404, `There is no account with the email address ${address}.`);
  return user;
}

async function organizationId(name: string | undefined): Promise<string> {
  const found = await pool().query<{ id: string; name: string }>(
    "SELECT id, name FROM organizations ORDER BY created_at, id",
  );
  const named = found.rows.filter((row) => name === undefined || row.name === name);
  const [organization] = named;
  if (!organization) {
    const all = found.rows.map((row) => `“${row.name}”`).join(", ");
    throw new Problem(404, `There is no organization “${name}”, only ${all}.`);
  }
  if (name !== undefined && named.length > 1) {
    throw new Problem(409, `There are ${named.length} organizations named “${name}”.`);
  }
  return organization.id;
}

/** Rows are a member's by name: no name may be two people's. Commands at once wait for each other here. */
async function checkNames(client: PoolClient, user: User): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook users', 0))");
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

/** Called after the change, within its transaction. */
async function requireSuperuser(client: PoolClient, { email, organizationId }: User): Promise<void> {
  const left = await client.query(
    "SELECT 1 FROM users WHERE organization_id = $1 AND role = 'superuser' AND status = 'active' LIMIT 1",
    [organizationId],
  );
  if (left.rowCount === 0) throw new Problem(409, `${email} is the last superuser of the organization.`);
}
