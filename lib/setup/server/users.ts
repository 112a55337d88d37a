import "server-only";
import { z } from "zod";
import { roles } from "@/lib/auth/roles.ts";
import { generatePassword, hashPassword } from "@/lib/auth/server/passwords.ts";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { type Account, findAccountByEmail } from "@/lib/users/server/accounts.ts";
import {
  type AccountChange,
  type Cause,
  changeAccount,
  createAccount,
} from "@/lib/users/server/change-account.ts";
import { enabledStatus } from "@/lib/users/server/manage-users.ts";
import { emailAddress, loginNames, personName } from "@/lib/users/user-wish.ts";

/** An account as `npm run user -- list` prints it. */
type UserLine = Pick<Account, "email" | "name" | "role" | "status" | "sharedOnly" | "logins"> & {
  organization: string;
  /** UTC; null before the first sign-in. */
  lastSeenAt: string | null;
};

const wish = z.object({
  email: emailAddress,
  name: personName,
  role: z.enum(roles),
  logins: loginNames,
  /** By its name; without one the organization that was made first. */
  organization: z.string().optional(),
});

export type UserWish = z.input<typeof wish>;

/** Who types a command on the server is nobody that Daybook knows. */
function commandOn({ organizationId }: Pick<Account, "organizationId">): Cause {
  return {
    actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
    by: "command on the server",
  };
}

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
 * @throws Problem that says what is wrong with the wish: 400 for a field, 404 for an unknown organization, 409 when
 *   the address or a login name is somebody's already
 */
export async function addUser(given: UserWish): Promise<string> {
  const checked = wish.safeParse(given);
  if (!checked.success) {
    const reasons = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Problem(400, reasons.join("; "));
  }
  const { organization, ...account } = checked.data;
  const place = { organizationId: await organizationId(organization) };
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const fresh = {
    ...account,
    ...place,
    status: "active" as const,
    sharedOnly: false,
    globalScope: true,
    passwordHash,
  };
  await createAccount(commandOn(place), fresh);
  return password;
}

/**
 * Changes an account as a workflow of the audit log, as an operator may: nobody is above them.
 *
 * @throws Problem 404 for an unknown address, 409 when nothing would change, when a name is another's, or when
 *   the organization would be left without an active superuser
 */
export async function changeUser(email: string, change: AccountChange): Promise<void> {
  const address = email.trim().toLowerCase();
  const before = await findAccountByEmail(address);
  if (!before) throw new Problem(404, `There is no account with the email address ${address}.`);
  if (change.status === "active" && before.status === "invited")
    throw new Problem(409, `${address} has not used the link of the invitation yet.`);
  const logins = change.logins && checkedLogins(change.logins);
  const status = change.status === "active" ? await enabledStatus(before) : change.status;
  const checked = { ...change, ...(logins && { logins }), ...(status && { status }) };
  await changeAccount(commandOn(before), before, checked);
}

function checkedLogins(given: string[]): string[] {
  const logins = loginNames.safeParse(given);
  if (logins.success) return logins.data;
  throw new Problem(400, `login names: ${logins.error.issues.map(({ message }) => message).join("; ")}`);
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
