import "server-only";
import { beginWorkflow, reportFailure, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { countUse } from "@/lib/auth/server/throttle.ts";
import { inTransaction } from "@/lib/db/client.ts";
import { assignScope, requireGrantable } from "@/lib/groups/server/user-scope.ts";
import { Problem } from "@/lib/http/problem.ts";
import { MailFault, mailIsSetUp, sendMail } from "@/lib/mail/server/send-mail.ts";
import { type Invitation, linkLimits } from "../user.ts";
import type { UserWish } from "../user-wish.ts";
import { type Account, targetOf } from "./accounts.ts";
import { createAccount } from "./change-account.ts";
import { causeOf, requireGrantableRole, requireManageable } from "./guard.ts";
import { type NewLink, newLink } from "./links.ts";
import { activationMail } from "./mails.ts";

/**
 * Makes an account that opens with nothing, and sends the person the link by which they choose a password. The
 * mail goes out after the account is committed: that it failed is told and recorded, and the account stays.
 *
 * @throws Problem 400 for a scope beyond the caller's own, 403 for a role above it, 409 when the address or a login name is somebody's
 */
export async function inviteUser(principal: Principal, wish: UserWish): Promise<Invitation> {
  requireGrantableRole(principal, wish.role);
  const { globalScope, groupIds, ...account } = wish;
  await requireGrantable(principal, { globalScope, groupIds });
  let link: NewLink | undefined;
  const { organizationId } = principal;
  const made = await createAccount(
    causeOf(principal),
    {
      ...account,
      organizationId,
      status: "invited",
      passwordHash: null,
      globalScope: false,
      ...scopeToCome(globalScope, groupIds.length),
    },
    async (client, { id }) => {
      link = await newLink(client, id, "activation");
    },
  );
  if (!link) throw new Error("An account was made without its link");
  await assignScope(principal, made.id, { globalScope, groupIds });
  const first = link;
  return await deliver(principal, made, "user:activation-email", async () => first);
}

/** What is given next, in a workflow of its own, as the record of the account says it. */
function scopeToCome(globalScope: boolean, groups: number): { scopeToCome?: string } {
  const given = [
    ...(globalScope ? ["the global scope"] : []),
    ...(groups > 0 ? [groups === 1 ? "1 group" : `${groups} groups`] : []),
  ];
  return given.length === 0 ? {} : { scopeToCome: `${given.join(" and ")} to be given next` };
}

/**
 * Sends an invited person another link; the one before is dead.
 *
 * @throws Problem 403 for somebody above the caller's role, 404, 409 when the account is not waiting for its
 *   activation, 429 beyond `linkLimits.resends`
 */
export async function resendInvitation(principal: Principal, id: string): Promise<Invitation> {
  const account = await requireManageable(principal, id);
  requireInvited(account);
  if (!(await countUse(`activation ${id}`, linkLimits.resends))) {
    const { guesses, lockMinutes } = linkLimits.resends;
    throw new Problem(429, `${account.email} was sent ${guesses} links within the hour. Wait an hour.`, {
      headers: { "retry-after": String(lockMinutes * 60) },
    });
  }
  return await deliver(principal, account, "user:activation-email-resend", () =>
    inTransaction((client) => newLink(client, id, "activation")),
  );
}

function requireInvited({ email, status }: Account): void {
  if (status !== "invited") throw new Problem(409, `${email} is ${status}: there is nothing to activate.`);
}

/** Sends the link, or hands it to the caller where there is no mail server, as a workflow of its own. */
async function deliver(
  principal: Principal,
  account: Account,
  workflowType: WorkflowFacts["workflowType"],
  makeLink: () => Promise<NewLink>,
): Promise<Invitation> {
  const byMail = mailIsSetUp();
  const { actor, custom } = causeOf(principal);
  const workflow = await beginWorkflow({
    actor,
    workflowType,
    target: targetOf(account),
    custom: {
      username: account.email,
      ...(byMail
        ? { delivery: "mail" }
        : {
            delivery: "shown to the initiator",
            reason: "mail is not set up, the initiator was shown the link",
          }),
      ...custom,
    },
  });
  try {
    const { url, expiresAt } = await makeLink();
    const reason = byMail ? await send(principal, account, url) : undefined;
    const invitation = { id: account.id, expiresAt };
    if (reason !== undefined) {
      await workflow.failed(reason);
      return { ...invitation, mail: "failed", reason };
    }
    await inTransaction((client) => workflow.done(client, { custom: { linkExpiresAt: expiresAt } }));
    return byMail ? { ...invitation, mail: "sent" } : { ...invitation, mail: "not set up", link: url };
  } catch (error) {
    await reportFailure(workflow, error);
    throw error;
  }
}

/** @returns why it failed; undefined when it was sent */
async function send(
  { email: inviter, organizationName }: Principal,
  { email, name }: Account,
  url: string,
): Promise<string | undefined> {
  try {
    await sendMail(activationMail({ email, name, organizationName }, inviter, url));
    return undefined;
  } catch (error) {
    if (error instanceof MailFault) return error.message;
    throw error;
  }
}
