import "server-only";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { badRequest, forbidden, Problem } from "@/lib/http/problem.ts";
import { signInLimits } from "../limits.ts";
import type { Principal } from "../principal.ts";
import type { Proof } from "../second-factor.ts";
import { verifyPassword } from "./passwords.ts";
import { takeSecondFactor } from "./second-factor.ts";
import { countAttempt, countCode, forgiveAttempt, forgiveCode } from "./throttle.ts";

/** A person with a session. @throws Problem 403 for an API token, which must not change how its person signs in */
export function requirePerson(principal: Principal): Principal & { sessionId: string } {
  const { sessionId } = principal;
  if (principal.kind !== "user" || sessionId === undefined)
    throw forbidden("An API token cannot do this: sign in with a browser.");
  return { ...principal, sessionId };
}

/**
 * Makes sure that who holds the session is the person: asks for the password, or for a code, which is used up.
 * Guesses count as they do at sign-in.
 *
 * @throws Problem 400 when it is wrong, 409 for a password of somebody who has none, 429 after too many
 */
export async function requireProof({ userId, email, address }: Principal, proof: Proof): Promise<void> {
  const attempt = { userId, email, address };
  if ("password" in proof) {
    const hash = await passwordHashOf(userId);
    if (!(await countAttempt(attempt))) throw tooManyGuesses();
    if (!(await verifyPassword(proof.password, hash)))
      throw badRequest([{ parameter: "password", reason: "is not right" }]);
    await forgiveAttempt(attempt);
    return;
  }
  if (!(await countCode(attempt))) throw tooManyGuesses();
  const taken = await inTransaction((client) => takeSecondFactor(client, userId, proof.code));
  if (taken === undefined)
    throw badRequest([{ parameter: "code", reason: "is not right, or was used already" }]);
  await forgiveCode(attempt);
}

/** @throws Problem 409 for an account without a password */
async function passwordHashOf(userId: string): Promise<string> {
  const found = await pool().query<{ hash: string | null }>(
    "SELECT password_hash AS hash FROM users WHERE id = $1",
    [userId],
  );
  const hash = found.rows[0]?.hash ?? null;
  if (hash !== null) return hash;
  throw new Problem(
    409,
    "You sign in without a password: your identity provider looks after the second factor.",
  );
}

/** The answer to a guess too many. */
export function tooManyGuesses(): Problem {
  const { lockMinutes } = signInLimits.codes;
  const headers = { "retry-after": String(lockMinutes * 60) };
  return new Problem(429, `There were too many wrong tries. Wait ${lockMinutes} minutes.`, { headers });
}
