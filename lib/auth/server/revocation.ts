import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, reportFailure, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import { inTransaction } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import type { Principal } from "../principal.ts";
import type { OwnSession } from "../second-factor.ts";
import { requirePerson } from "./proof.ts";
import { listOpenSessions, revokeSession } from "./sessions.ts";

type Choice = { userId: string; only?: string; except?: string };

/**
 * Ends open sessions of a person as one workflow of the audit log, which names them.
 *
 * @param choice all of them, all but one, or one
 * @returns how many
 * @throws Problem 404 when the one that was asked for is not open
 */
export async function revokeAll(
  facts: Omit<WorkflowFacts, "workflowType">,
  { userId, only, except }: Choice,
): Promise<number> {
  const workflow = await beginWorkflow({ ...facts, workflowType: "session:revocation" });
  try {
    return await inTransaction(async (client) => {
      const open = (await listOpenSessions(userId, client)).map(({ id }) => id);
      const chosen = open.filter((id) => id !== except && (only === undefined || id === only));
      if (only !== undefined && chosen.length === 0)
        throw notFound("There is no such session, or it has ended.");
      const sessionIds: string[] = [];
      for (const id of chosen) if (await revokeSession(client, id)) sessionIds.push(id);
      await workflow.done(client, { custom: { sessionIds } });
      return sessionIds.length;
    });
  } catch (error) {
    await reportFailure(workflow, error);
    throw error;
  }
}

/** Where the caller is signed in, the session used last first. */
export async function listOwnSessions({ userId, sessionId }: Principal): Promise<OwnSession[]> {
  const open = await listOpenSessions(userId);
  return open.map((session) => ({ ...session, current: session.id === sessionId }));
}

/** Ends one session of the caller's own. @throws Problem 404 when it is not open, 409 for the one that asks */
export async function revokeOwnSession(principal: Principal, id: string): Promise<void> {
  const { userId, sessionId } = requirePerson(principal);
  if (id === sessionId) throw new Problem(409, "This is the session that you are using: sign out instead.");
  await revokeAll(ownFacts(principal), { userId, only: id });
}

/** Ends the caller's sessions but the one that asks. @returns how many */
export async function revokeOtherSessions(principal: Principal): Promise<number> {
  const { userId, sessionId } = requirePerson(principal);
  return await revokeAll(ownFacts(principal), { userId, except: sessionId });
}

function ownFacts(principal: Principal): Omit<WorkflowFacts, "workflowType"> {
  const { email, userId, address } = principal;
  return {
    actor: actorOf(principal),
    target: { name: email, id: userId },
    custom: { username: email, sourceIpAddress: address },
  };
}
