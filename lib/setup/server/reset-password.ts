import "server-only";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { generatePassword, hashPassword } from "@/lib/auth/server/passwords.ts";
import { revokeSessionsOf } from "@/lib/auth/server/sessions.ts";
import { forgiveAttempt } from "@/lib/auth/server/throttle.ts";
import { pool } from "@/lib/db/client.ts";
import { endLinks } from "@/lib/users/server/links.ts";
import { tellPerson } from "@/lib/users/server/notices.ts";

/**
 * Gives an account a new generated password, ends its sessions and its lock-out: for whoever has the terminal
 * of the installation and lost the password.
 *
 * @returns the password, which is kept nowhere else
 * @throws Error when there is no such account, or when it waits for its activation
 */
export async function resetPassword(email: string): Promise<string> {
  const address = email.trim().toLowerCase();
  const found = await pool().query<{ id: string; organizationId: string; status: string }>(
    `SELECT id, organization_id AS "organizationId", status FROM users WHERE email = $1`,
    [address],
  );
  const user = found.rows[0];
  if (!user) throw new Error(`There is no account with the email address ${address}`);
  if (user.status === "invited")
    throw new Error(
      `${address} has not used the link of the invitation yet: send it again under Settings, Users`,
    );
  const password = generatePassword();
  const hash = await hashPassword(password);
  await runWorkflow(
    {
      actor: { organizationId: user.organizationId, initiator: "Daybook", initiatorType: "system" },
      workflowType: "user:password-reset",
      target: { name: address, id: user.id },
      custom: { username: address, cause: "command on the server" },
    },
    async (client) => {
      await client.query("UPDATE users SET password_hash = $2 WHERE id = $1", [user.id, hash]);
      await revokeSessionsOf(client, user.id);
      await endLinks(client, user.id, "password-reset");
    },
  );
  await forgiveAttempt({ email: address, address: "" });
  tellPerson(user.id, { what: "password-changed", by: "A command on the server" });
  return password;
}
