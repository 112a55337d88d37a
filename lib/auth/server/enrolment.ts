import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { badRequest, Problem } from "@/lib/http/problem.ts";
import type { Principal } from "../principal.ts";
import { enrolmentMinutes, type NewSecret, type Proof } from "../second-factor.ts";
import { requirePerson, requireProof, tooManyGuesses } from "./proof.ts";
import { removeRecoveryCodes, renewRecoveryCodes } from "./recovery-codes.ts";
import { seal } from "./sealed.ts";
import { hasSecondFactor, takeCode, takeSecondFactor } from "./second-factor.ts";
import { lockAccount } from "./sessions.ts";
import { countCode, forgiveCode } from "./throttle.ts";
import { describeSecret, newTotpSecret } from "./totp.ts";

const wrongCode = () => badRequest([{ parameter: "code", reason: "is not right, or was used already" }]);

/**
 * Makes a secret for the caller's app. It counts for nothing before {@link confirmEnrolment}, which this session alone
 * can do, for {@link enrolmentMinutes}; asking again makes another.
 *
 * @throws Problem 400 for a wrong password, 409 when there is a second factor already or no password
 */
export async function beginEnrolment(principal: Principal, proof: Proof): Promise<NewSecret> {
  const { userId, email, sessionId } = requirePerson(principal);
  if (await hasSecondFactor(userId)) throw alreadyThere();
  await requireProof(principal, proof);
  const secret = newTotpSecret();
  const begun = await pool().query(
    `INSERT INTO second_factors AS f (user_id, secret, session_id) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, session_id = excluded.session_id,
       created_at = now(), last_step = 0
     WHERE f.confirmed_at IS NULL`,
    [userId, seal("second factor", userId, secret), sessionId],
  );
  if (begun.rowCount !== 1) throw alreadyThere();
  return describeSecret(secret, email);
}

/**
 * Takes the secret into use once a code of it is right, as a workflow of the audit log. That code is used up. The
 * person's other sessions that a password began end: nobody showed a code for them.
 *
 * @returns recovery codes, which are kept nowhere else
 * @throws Problem 400 for a wrong code, 409 when this session began nothing, or too long ago
 */
export async function confirmEnrolment(
  principal: Principal,
  code: string,
  at: number = Date.now(),
): Promise<string[]> {
  const { userId, email, sessionId } = requirePerson(principal);
  return await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "secondFactor:enrolment",
      target: { name: email, id: userId },
      custom: { username: email, sourceIpAddress: principal.address, method: "totp" },
      original: { secondFactor: null },
      updated: { secondFactor: "totp" },
    },
    async (client) => {
      // Who signs in with a password alone has done so before this, or is asked for a code.
      await lockAccount(client, userId);
      const found = await client.query<{ secret: Buffer; lastStep: string }>(
        `SELECT secret, last_step AS "lastStep" FROM second_factors
         WHERE user_id = $1 AND session_id = $2 AND confirmed_at IS NULL
           AND created_at > now() - make_interval(mins => $3) FOR UPDATE`,
        [userId, sessionId, enrolmentMinutes],
      );
      const [pending] = found.rows;
      if (!pending) throw new Problem(409, "There is nothing to confirm: ask for a new secret.");
      if (!(await takeCode(client, userId, pending, code, at))) throw wrongCode();
      await client.query("UPDATE second_factors SET confirmed_at = now() WHERE user_id = $1", [userId]);
      await client.query(
        `UPDATE sessions SET revoked_at = now()
         WHERE user_id = $1 AND id <> $2 AND method = 'password' AND revoked_at IS NULL`,
        [userId, sessionId],
      );
      return await renewRecoveryCodes(client, userId);
    },
  );
}

/**
 * Takes the caller's second factor away, recovery codes included, as a workflow of the audit log.
 *
 * @throws Problem 400 for a wrong code, 409 when there is none, 429 after too many
 */
export async function removeSecondFactor(principal: Principal, code: string): Promise<void> {
  const { userId, email } = requirePerson(principal);
  if (!(await hasSecondFactor(userId))) throw notThere();
  const attempt = { userId, email, address: principal.address };
  if (!(await countCode(attempt))) throw tooManyGuesses();
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "secondFactor:removal",
      target: { name: email, id: userId },
      custom: { username: email, sourceIpAddress: principal.address },
      original: { secondFactor: "totp" },
      updated: { secondFactor: null },
    },
    async (client) => {
      if ((await takeSecondFactor(client, userId, code)) === undefined) throw wrongCode();
      await client.query("DELETE FROM second_factors WHERE user_id = $1", [userId]);
      await removeRecoveryCodes(client, userId);
    },
  );
  await forgiveCode(attempt);
}

/**
 * Gives the caller new recovery codes in place of all others, as a workflow of the audit log.
 *
 * @returns the codes, which are kept nowhere else
 * @throws Problem 400 for a wrong password or code, 409 without a second factor, 429 after too many
 */
export async function renewOwnRecoveryCodes(principal: Principal, proof: Proof): Promise<string[]> {
  const { userId, email } = requirePerson(principal);
  if (!(await hasSecondFactor(userId))) throw notThere();
  await requireProof(principal, proof);
  return await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "recoveryCodes:renewal",
      target: { name: email, id: userId },
      custom: { username: email, sourceIpAddress: principal.address },
    },
    async (client) => {
      if (!(await hasSecondFactor(userId, client))) throw notThere();
      return await renewRecoveryCodes(client, userId);
    },
  );
}

function alreadyThere(): Problem {
  return new Problem(409, "You have a second factor already: remove it before you set up another.");
}

function notThere(): Problem {
  return new Problem(409, "You have no second factor.");
}
