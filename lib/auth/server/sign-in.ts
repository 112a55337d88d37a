import "server-only";
import type { PoolClient } from "pg";
import {
  beginWorkflow,
  type OpenWorkflow,
  reportFailure,
  resumeWorkflow,
  type WorkflowFacts,
} from "@/lib/audit/server/record.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { textFault } from "@/lib/http/body.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { beginChallenge, type Challenge, closeChallenge, takeUpChallenge } from "./challenges.ts";
import { houseOrganizationId } from "./house.ts";
import { verifyPassword } from "./passwords.ts";
import { hasSecondFactor, takeSecondFactor } from "./second-factor.ts";
import { createSession, lockAccount, revokeSession } from "./sessions.ts";
import { countAttempt, countCode, forgiveAttempt, forgiveCode } from "./throttle.ts";

export type SignedIn = { userId: string; email: string; organizationId: string; sessionId: string };

/** The password was right, a code is owed; the token is for the browser's cookie. */
export type CodeNeeded = Omit<SignedIn, "sessionId"> & { token: string };

/**
 * `refused` does not say why, and nobody outside may be told: `locked` is for the record alone. `expired` is of a code
 * without a password before it: too late, from another browser, or from nowhere.
 */
export type SignInResult =
  | { signedIn: SignedIn }
  | { codeNeeded: CodeNeeded }
  | { refused: "wrong" | "locked" | "expired" };

type Account = {
  id: string;
  organizationId: string;
  email: string;
  status: string;
  passwordHash: string | null;
};

/** The longest address that mail knows; a longer one is no account's. */
const emailLength = 254;

/** The code is wrong: whatever the transaction did is undone. */
class WrongCode extends Error {}

/** Since the look at the password it was replaced, or the account disabled or deleted. */
class AccountChanged extends Error {
  override message = "the account was changed a moment ago";
}

/**
 * Signs a person in: counts the try, compares the password, begins a session under a new id and ends the one
 * that the browser came with, all as one workflow of the audit log. A locked account or address is refused
 * before the password is looked at; sessions that exist go on. Who has a second factor owes a code before there is a
 * session, see {@link signInWithCode}; the workflow stays open for it.
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
  const workflow = await beginWorkflow(
    loginFacts(email, account, account?.organizationId ?? (await houseOrganizationId()), facts),
  );
  try {
    const right = await verifyPassword(credentials.password, account?.passwordHash ?? null);
    if (!account || !right || account.status !== "active") {
      await workflow.failed(new Problem(401, fault(account, right)));
      return { refused: "wrong" };
    }
    const { id: userId, organizationId } = account;
    const known = { userId, email: account.email, organizationId };
    const result = await inTransaction(async (client): Promise<SignInResult> => {
      if (!(await lockAccount(client, userId, account.passwordHash))) throw new AccountChanged();
      if (await hasSecondFactor(userId, client)) {
        const wish = { userId, userAgent: facts.userAgent, workflowId: workflow.id };
        return { codeNeeded: { ...known, token: await beginChallenge(client, wish) } };
      }
      const method = {
        authenticationMethod: "password",
        secondFactor: { configured: false, verified: null },
      };
      return { signedIn: await openSession(client, { workflow, known, facts, replaces, method }) };
    });
    await forgiveAttempt(attempt);
    return result;
  } catch (error) {
    if (error instanceof AccountChanged) {
      await workflow.failed(error.message);
      return { refused: "wrong" };
    }
    await reportFailure(workflow, error);
    throw error;
  }
}

/**
 * The second step of {@link signIn}: counts the try, takes a code of the app or a recovery code, and only then begins a
 * session. Right codes and the password before them count once, whoever sends them again and however fast.
 *
 * @param given the token of the browser's cookie, and what was typed
 * @throws the database's error; then nobody was signed in
 */
export async function signInWithCode(
  given: { token: string; code: string },
  facts: RequestFacts,
  replaces?: string,
): Promise<SignInResult> {
  const challenge = await takeUpChallenge(given.token, facts.userAgent);
  if (!challenge) return { refused: "expired" };
  const { userId, email, organizationId } = challenge;
  const attempt = { userId, email, address: facts.address };
  const workflow = await workflowOf(challenge, facts);
  try {
    if (!(await countCode(attempt))) {
      await workflow.failed("codes are locked", tried);
      return { refused: "locked" };
    }
    const signedIn = await inTransaction(async (client) => {
      const active = await lockAccount(client, userId);
      if (!active || !(await closeChallenge(client, challenge.id))) throw new WrongCode();
      const verified = await takeSecondFactor(client, userId, given.code);
      if (verified === undefined) throw new WrongCode();
      const known = { userId, email, organizationId };
      const method = {
        authenticationMethod: `password and ${verified === "code" ? "code" : "recovery code"}`,
        secondFactor: { configured: true, verified },
      };
      return await openSession(client, { workflow, known, facts, replaces, method });
    });
    await forgiveCode(attempt);
    return { signedIn };
  } catch (error) {
    if (error instanceof WrongCode) {
      await workflow.failed("wrong or used code", tried);
      return { refused: "wrong" };
    }
    await reportFailure(workflow, error);
    throw error;
  }
}

/** Of a code that was not taken. */
const tried = {
  custom: {
    authenticationMethod: "password and code",
    secondFactor: { configured: true, verified: null },
  },
};

/** What the password began, or a workflow of its own where a wrong code has ended that. */
async function workflowOf(challenge: Challenge, facts: RequestFacts): Promise<OpenWorkflow> {
  const { workflowId, email, userId, organizationId } = challenge;
  const begun = workflowId === null ? undefined : await resumeWorkflow(workflowId);
  return begun ?? (await beginWorkflow(loginFacts(email, { id: userId }, organizationId, facts)));
}

type Opening = {
  workflow: OpenWorkflow;
  known: Omit<SignedIn, "sessionId">;
  facts: RequestFacts;
  replaces: string | undefined;
  method: NonNullable<WorkflowFacts["custom"]>;
};

async function openSession(
  client: PoolClient,
  { workflow, known, facts, replaces, method }: Opening,
): Promise<SignedIn> {
  const sessionId = await createSession(client, { userId: known.userId, ...facts });
  const replaced = replaces !== undefined && (await revokeSession(client, replaces));
  await workflow.done(client, {
    custom: { ...method, sessionId, ...(replaced ? { replacedSessionId: replaces } : {}) },
  });
  return { ...known, sessionId };
}

function loginFacts(
  email: string,
  account: { id: string } | undefined,
  organizationId: string,
  facts: RequestFacts,
): WorkflowFacts {
  return {
    actor: {
      organizationId,
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
  };
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
