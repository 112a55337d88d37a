import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { Principal } from "../principal.ts";
import { expiredSessionCookie } from "./session-cookie.ts";
import { revokeSession } from "./sessions.ts";

/**
 * Revokes the caller's session.
 *
 * @throws Problem 400 for an API token, which has no session
 */
export async function signOut(principal: Principal): Promise<Response> {
  const { sessionId, email, userId, requestId } = principal;
  if (sessionId === undefined)
    throw new Problem(400, "An API token has no session to end; revoke the token instead.");
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "user:logout",
      target: { name: email, id: userId },
      custom: { username: email, sessionId, requestId },
    },
    async (client) => {
      if (!(await revokeSession(client, sessionId))) throw new Problem(409, "The session has ended already.");
    },
  );
  return new Response(null, { status: 204, headers: { "set-cookie": expiredSessionCookie() } });
}
