import "server-only";
import type { ClientBase } from "pg";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, type OpenWorkflow, reportFailure, runWorkflow } from "@/lib/audit/server/record.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { badRequest, Problem } from "@/lib/http/problem.ts";
import { tellPerson } from "@/lib/users/server/notices.ts";
import type { Principal } from "../principal.ts";
import { enrolmentMinutes, type NewSecret, type Proof } from "../second-factor.ts";
import { requirePerson, requireProof, tooManyGuesses } from "./proof.ts";
import { removeRecoveryCodes, renewRecoveryCodes } from "./recovery-codes.ts";
import { seal } from "./sealed.ts";
import { freshStep, hasSecondFactor, takeCode, takeSecondFactor } from "./second-factor.ts";
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
 * person's other sessions that a password began end, as a workflow of its own: nobody showed a code for them.
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
  const facts = {
    actor: actorOf(principal),
    target: { name: email, id: userId },
    custom: { username: email, sourceIpAddress: principal.address },
  };
  const enrolment = await beginWorkflow({
    ...facts,
    custom: { ...facts.custom, method: "totp" },
    workflowType: "secondFactor:enrolment",
    original: { secondFactor: null },
  });
  const open = [enrolment];
  try {
    let revocation: OpenWorkflow | undefined;
    if (await endsOthers(userId, sessionId, code, at)) {
      const custom = { ...facts.custom, cause: "a second factor was set up" };
      revocation = await beginWorkflow({ ...facts, custom, workflowType: "session:revocation" });
      open.push(revocation);
    }
    const recoveryCodes = await inTransaction(async (client) => {
      // Who signs in with a password alone has done so before this, or is asked for a code.
      await lockAccount(client, userId);
      const pending = await findPending(client, userId, sessionId, "FOR UPDATE");
      if (!pending) throw new Problem(409, "There is nothing to confirm: ask for a new secret.");
      if (!(await takeCode(client, userId, pending, code, at))) throw wrongCode();
      await client.query("UPDATE second_factors SET confirmed_at = now() WHERE user_id = $1", [userId]);
      const sessionIds = await endOthers(client, userId, sessionId);
      await revocation?.done(client, { custom: { sessionIds } });
      await enrolment.done(client, {
        updated: { secondFactor: "totp" },
        ...(sessionIds.length > 0 && { custom: { sessionIds } }),
      });
      return await renewRecoveryCodes(client, userId);
    });
    tellPerson(userId, { what: "second-factor-added", address: principal.address });
    return recoveryCodes;
  } catch (error) {
    for (const workflow of open) await reportFailure(workflow, error);
    throw error;
  }
}

/** Sessions of a person beside one of them that a password alone began. */
const others = "user_id = $1 AND id <> $2 AND method = 'password' AND revoked_at IS NULL";

/** Whether the code is right and sessions end with it. It is looked at again in the transaction. */
async function endsOthers(userId: string, sessionId: string, code: string, at: number): Promise<boolean> {
  const pending = await findPending(pool(), userId, sessionId, "");
  if (!pending || freshStep(userId, pending, code, at) === undefined) return false;
  const found = await pool().query(`SELECT 1 FROM sessions WHERE ${others} LIMIT 1`, [userId, sessionId]);
  return found.rowCount === 1;
}

async function endOthers(client: ClientBase, userId: string, sessionId: string): Promise<string[]> {
  const ended = await client.query<{ id: string }>(
    `UPDATE sessions SET revoked_at = now() WHERE ${others} RETURNING id`,
    [userId, sessionId],
  );
  return ended.rows.map(({ id }) => id);
}

async function findPending(
  client: Pick<ClientBase, "query">,
  userId: string,
  sessionId: string,
  lock: "FOR UPDATE" | "",
): Promise<{ secret: Buffer; lastStep: string } | undefined> {
  const found = await client.query<{ secret: Buffer; lastStep: string }>(
    `SELECT secret, last_step AS "lastStep" FROM second_factors
     WHERE user_id = $1 AND session_id = $2 AND confirmed_at IS NULL
       AND created_at > now() - make_interval(mins => $3) ${lock}`,
    [userId, sessionId, enrolmentMinutes],
  );
  return found.rows[0];
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
  tellPerson(userId, { what: "second-factor-removed", address: principal.address });
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
  const codes = await runWorkflow(
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
  tellPerson(userId, { what: "recovery-codes-renewed", address: principal.address });
  return codes;
}

function alreadyThere(): Problem {
  return new Problem(409, "You have a second factor already: remove it before you set up another.");
}

function notThere(): Problem {
  return new Problem(409, "You have no second factor.");
}
