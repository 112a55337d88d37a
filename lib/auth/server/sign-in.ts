import "server-only";
import { beginWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { textFault } from "@/lib/http/body.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { houseOrganizationId } from "./house.ts";
import { verifyPassword } from "./passwords.ts";
import { createSession, revokeSession } from "./sessions.ts";
import { countAttempt, forgiveAttempt } from "./throttle.ts";

export type SignedIn = { userId: string; email: string; organizationId: string; sessionId: string };

/** `refused` does not say why, and nobody outside may be told: `locked` is for the record alone. */
export type SignInResult = { signedIn: SignedIn } | { refused: "wrong" | "locked" };

type Account = {
  id: string;
  organizationId: string;
  email: string;
  status: string;
  passwordHash: string | null;
};

/** The longest address that mail knows; a longer one is no account's. */
const emailLength = 254;

/**
 * Signs a person in: counts the try, compares the password, begins a session under a new id and ends the one
 * that the browser came with, all as one workflow of the audit log. A locked account or address is refused
 * before the password is looked at; sessions that exist go on.
 *
 * @param replaces the session id in the request's cookie, if any
 * @throws the database's error; then nobody was signed in
 */
export async function signIn(
  credentials: { email: string; password: string },
  facts: RequestFacts,
  replaces?: string,
): Promise<SignInResult> {
  const email = credentials.email.trim().toLowerCase();
  if (email === "" || email.length > emailLength || textFault(email) !== undefined)
    return { refused: "wrong" };
  const attempt = { email, address: facts.address };
  if (!(await countAttempt(attempt))) return { refused: "locked" };

  const account = await findAccount(email);
  const workflow = await beginWorkflow({
    actor: {
      organizationId: account?.organizationId ?? (await houseOrganizationId()),
      initiator: email,
      initiatorType: account ? "tenant-user" : "anonymous",
      ...(account ? { initiatorId: account.id } : {}),
    },
    workflowType: "user:login",
    target: { name: email, ...(account ? { id: account.id } : {}) },
    custom: {
      username: email,
      sourceIpAddress: facts.address,
      authenticationMethod: "password",
      userAgent: facts.userAgent,
      requestId: facts.requestId,
    },
  });
  try {
    const right = await verifyPassword(credentials.password, account?.passwordHash ?? null);
    if (!account || !right || account.status !== "active") {
      await workflow.failed(new Problem(401, fault(account, right)));
      return { refused: "wrong" };
    }
    const sessionId = await inTransaction(async (client) => {
      const id = await createSession(client, { userId: account.id, ...facts });
      const replaced = replaces !== undefined && (await revokeSession(client, replaces));
      await workflow.done(client, {
        custom: { sessionId: id, ...(replaced ? { replacedSessionId: replaces } : {}) },
      });
      return id;
    });
    await forgiveAttempt(attempt);
    return {
      signedIn: {
        userId: account.id,
        email: account.email,
        organizationId: account.organizationId,
        sessionId,
      },
    };
  } catch (error) {
    await reportFailure(workflow, error);
    throw error;
  }
}

async function findAccount(email: string): Promise<Account | undefined> {
  const found = await pool().query<Account>(
    `SELECT id, organization_id AS "organizationId", email, status, password_hash AS "passwordHash"
     FROM users WHERE email = $1`,
    [email],
  );
  return found.rows[0];
}

/** For the audit log only. */
function fault(account: Account | undefined, right: boolean): string {
  if (!account) return "unknown account";
  return right ? "the account is disabled" : "wrong password";
}
