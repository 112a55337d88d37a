import "server-only";
import { beginWorkflow, reportFailure, runWorkflow } from "@/lib/audit/server/record.ts";
import { hashPassword } from "@/lib/auth/server/passwords.ts";
import { revokeSessionsOf } from "@/lib/auth/server/sessions.ts";
import { countUse, forgiveAttempt } from "@/lib/auth/server/throttle.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { textFault } from "@/lib/http/body.ts";
import { badRequest, Problem } from "@/lib/http/problem.ts";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { inBackground } from "@/lib/mail/server/background.ts";
import { MailFault, mailIsSetUp, sendMail } from "@/lib/mail/server/send-mail.ts";
import { linkLimits, userLimits } from "../user.ts";
import { type Account, findAccountByEmail, targetOf } from "./accounts.ts";
import { badLink, findHolder, type Holder, newLink, requireTries, useLink } from "./links.ts";
import { noPasswordMail, resetMail } from "./mails.ts";
import { tellPerson } from "./notices.ts";

/**
 * Sends whoever forgot their password a link. Whether there is such an account is looked at after the answer, so that
 * neither the answer nor its time tells.
 *
 * @throws Problem 400 for what is no address, 409 when mail is not set up, 429 beyond `linkLimits`
 */
export async function requestReset(given: string, facts: RequestFacts): Promise<void> {
  const email = given.trim().toLowerCase();
  const fault = email === "" || email.length > userLimits.email ? "is no email address" : textFault(email);
  if (fault !== undefined) throw badRequest([{ parameter: "email", reason: fault }]);
  if (!mailIsSetUp())
    throw new Problem(409, "This Daybook sends no email. Ask whoever runs it for a new password.");
  const allowed =
    (await countUse("password-reset", linkLimits.resetsFromAddress, facts.address)) &&
    (await countUse(`password-reset account ${email}`, linkLimits.resets));
  if (!allowed) {
    throw new Problem(
      429,
      "Too many emails were asked for. Look into your mailbox, or try again in an hour.",
      {
        headers: { "retry-after": String(linkLimits.resets.lockMinutes * 60) },
      },
    );
  }
  inBackground("mail for a new password", () => sendReset(email, facts));
}

async function sendReset(email: string, facts: RequestFacts): Promise<void> {
  const account = await findAccountByEmail(email);
  if (!account) return;
  const workflow = await beginWorkflow({
    // Whoever typed the address proved nothing yet.
    actor: { organizationId: account.organizationId, initiator: email, initiatorType: "anonymous" },
    workflowType: "user:password-reset-email",
    target: targetOf(account),
    custom: { username: email, sourceIpAddress: facts.address, requestId: facts.requestId },
  });
  try {
    if (account.status !== "active") {
      await workflow.failed(`the account is ${account.status}`);
      return;
    }
    const hasPassword = await sendTo(account);
    await inTransaction((client) => workflow.done(client, { custom: { accountHasPassword: hasPassword } }));
  } catch (error) {
    await reportFailure(workflow, error instanceof MailFault ? error.message : error);
    if (!(error instanceof MailFault)) throw error;
  }
}

/** @returns whether the account has a password; if not, the mail says how its person signs in */
async function sendTo({ id, email, name }: Account): Promise<boolean> {
  const found = await pool().query<{ organizationName: string; hasPassword: boolean }>(
    `SELECT o.name AS "organizationName", u.password_hash IS NOT NULL AS "hasPassword"
     FROM users u JOIN organizations o ON o.id = u.organization_id WHERE u.id = $1`,
    [id],
  );
  const [row] = found.rows;
  if (!row) throw new Problem(404, "the account was deleted meanwhile");
  const reader = { email, name, organizationName: row.organizationName };
  if (!row.hasPassword) await sendMail(noPasswordMail(reader));
  else {
    const { url } = await inTransaction((client) => newLink(client, id, "password-reset"));
    await sendMail(resetMail(reader, url));
  }
  return row.hasPassword;
}

/** Whether a link can be used; looking uses nothing up. @throws Problem 429 after too many tries */
export async function canReset(token: string, { address }: Pick<RequestFacts, "address">): Promise<boolean> {
  await requireTries(address);
  const holder = await findHolder(token, "password-reset");
  return holder !== undefined && isUsable(holder);
}

/**
 * Gives an account the password that the person chose, and ends its sessions and its lock-out.
 *
 * @returns who it is
 * @throws Problem 404 for every link that cannot be used, 429 after too many tries
 */
export async function resetByLink(
  { token, password }: { token: string; password: string },
  facts: RequestFacts,
): Promise<Holder> {
  await requireTries(facts.address);
  const holder = await findHolder(token, "password-reset");
  if (!holder) throw badLink();
  const { id, email, organizationId } = holder;
  const workflow = {
    actor: {
      organizationId,
      initiator: email,
      initiatorType: "tenant-user" as const,
      initiatorId: id,
    },
    workflowType: "user:password-reset" as const,
    target: targetOf(holder),
    custom: {
      username: email,
      cause: "link in a mail",
      sourceIpAddress: facts.address,
      requestId: facts.requestId,
    },
  };
  if (!isUsable(holder)) {
    const open = await beginWorkflow(workflow);
    await open.failed(
      holder.state === "valid" ? `the account is ${holder.status}` : `the link is ${holder.state}`,
    );
    throw badLink();
  }
  const hash = await hashPassword(password);
  await runWorkflow(workflow, async (client) => {
    await useLink(client, holder, token, "password-reset");
    const done = await client.query(
      `UPDATE users SET password_hash = $2 WHERE id = $1 AND status = 'active' AND password_hash IS NOT NULL`,
      [id, hash],
    );
    if (done.rowCount !== 1) throw badLink();
    await revokeSessionsOf(client, id);
  });
  await forgiveAttempt({ email, address: "" });
  tellPerson(id, { what: "password-changed", address: facts.address });
  return holder;
}

function isUsable({ state, status, hasPassword }: Holder): boolean {
  return state === "valid" && status === "active" && hasPassword;
}
