import "server-only";
import { pool } from "@/lib/db/client.ts";
import { inBackground } from "@/lib/mail/server/background.ts";
import { mailIsSetUp, sendMail } from "@/lib/mail/server/send-mail.ts";
import { type Notice, noticeMail } from "./mails.ts";

/**
 * Tells a person by mail what became of their account, so that they notice when it was not them. It goes out in the
 * background, after what it tells of is committed: a mail that fails is in the server's log and fails nothing else.
 * Without a mail server, and of an account that is disabled or gone, nobody is told.
 */
export function tellPerson(userId: string, notice: Notice): void {
  if (!mailIsSetUp()) return;
  inBackground("mail about an account", async () => {
    const found = await pool().query<{ email: string; name: string; organizationName: string }>(
      `SELECT u.email, u.name, o.name AS "organizationName"
       FROM users u JOIN organizations o ON o.id = u.organization_id WHERE u.id = $1 AND u.status = 'active'`,
      [userId],
    );
    const [reader] = found.rows;
    if (reader) await sendMail(noticeMail(reader, notice));
  });
}
