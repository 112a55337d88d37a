import "server-only";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { removeRecoveryCodes } from "@/lib/auth/server/recovery-codes.ts";
import { lockAccount, revokeSessionsOf } from "@/lib/auth/server/sessions.ts";
import { unlockAccount } from "@/lib/auth/server/throttle.ts";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { tellPerson } from "@/lib/users/server/notices.ts";

/**
 * Takes an account's second factor away, ends its sessions and its lock-out: for whoever has the terminal of the
 * installation when the last superuser lost the phone.
 *
 * @throws Error when there is no such account, or it has no second factor
 */
export async function resetSecondFactor(given: string): Promise<void> {
  const email = given.trim().toLowerCase();
  const found = await pool().query<{ id: string; organizationId: string }>(
    `SELECT id, organization_id AS "organizationId" FROM users WHERE email = $1`,
    [email],
  );
  const [user] = found.rows;
  if (!user) throw new Error(`There is no account with the email address ${email}`);
  const { id: userId, organizationId } = user;
  await runWorkflow(
    {
      actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
      workflowType: "secondFactor:removal",
      target: { name: email, id: userId },
      custom: { username: email, cause: "command on the server" },
      original: { secondFactor: "totp" },
      updated: { secondFactor: null },
    },
    async (client) => {
      await lockAccount(client, userId);
      const removed = await client.query(
        "DELETE FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL",
        [userId],
      );
      if (removed.rowCount !== 1) throw new Problem(409, `${email} has no second factor.`);
      await removeRecoveryCodes(client, userId);
      await revokeSessionsOf(client, userId);
      await unlockAccount(client, { email, userId });
    },
  );
  tellPerson(userId, { what: "second-factor-removed", by: "A command on the server" });
}
