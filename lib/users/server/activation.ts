import "server-only";
import { beginWorkflow, reportFailure, runWorkflow, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import { hashPassword } from "@/lib/auth/server/passwords.ts";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { type Account, stateOf, targetOf } from "./accounts.ts";
import { badLink, findHolder, type Holder, requireTries, useLink } from "./links.ts";

/** What the page of a link that can be used shows: the person wrote or knows all of it. */
export type Invited = { email: string; name: string; organizationName: string };

/** @returns undefined when the link cannot be used, for whatever reason; looking uses nothing up */
export async function findInvited(
  token: string,
  { address }: Pick<RequestFacts, "address">,
): Promise<Invited | undefined> {
  await requireTries(address);
  const holder = await findHolder(token, "activation");
  if (!holder || !isUsable(holder)) return undefined;
  const { email, name, organizationName } = holder;
  return { email, name, organizationName };
}

/**
 * Makes an invited account active under the password that the person chose.
 *
 * @returns who it is
 * @throws Problem 404 for every link that cannot be used, 429 after too many tries
 */
export async function activate(
  { token, name, password }: { token: string; name: string; password: string },
  facts: RequestFacts,
): Promise<Holder> {
  await requireTries(facts.address);
  const holder = await findHolder(token, "activation");
  if (!holder) throw badLink();
  if (!isUsable(holder)) {
    await recordRefusal(holder, facts);
    throw badLink();
  }
  const hash = await hashPassword(password);
  const before: Account = holder;
  const after: Account = { ...before, name, status: "active" };
  await runWorkflow(
    { ...factsOf(holder, "valid", facts), original: stateOf(before), updated: stateOf(after) },
    async (client) => {
      await useLink(client, holder, token, "activation");
      const done = await client.query(
        `UPDATE users SET name = $2, status = 'active', password_hash = $3 WHERE id = $1 AND status = 'invited'`,
        [holder.id, name, hash],
      );
      if (done.rowCount !== 1) throw badLink();
    },
  );
  return { ...holder, name };
}

function isUsable({ state, status }: Holder): boolean {
  return state === "valid" && status === "invited";
}

/** A known link that cannot be used: the record says why, the person is not told. */
async function recordRefusal(holder: Holder, facts: RequestFacts): Promise<void> {
  const { state } = holder;
  const validation = state === "expired" || state === "used" ? state : "invalid";
  const workflow = await beginWorkflow(factsOf(holder, validation, facts));
  const reason = state === "valid" ? `the account is ${holder.status}` : `the link is ${state}`;
  await workflow.failed(reason).catch((error: unknown) => reportFailure(workflow, error));
}

function factsOf(holder: Holder, validation: string, facts: RequestFacts): WorkflowFacts {
  const { organizationId, email, id } = holder;
  return {
    actor: { organizationId, initiator: email, initiatorType: "tenant-user", initiatorId: id },
    workflowType: "user:activation",
    target: targetOf(holder),
    custom: {
      username: email,
      invitationValidationStatus: validation,
      sourceIpAddress: facts.address,
      requestId: facts.requestId,
    },
  };
}
