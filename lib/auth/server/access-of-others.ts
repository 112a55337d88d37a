import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { forbidden, notFound, Problem } from "@/lib/http/problem.ts";
import { tellPerson } from "@/lib/users/server/notices.ts";
import type { Principal } from "../principal.ts";
import { type Reach, reachCovers } from "../reach.ts";
import { mayGrant } from "../roles.ts";
import { reachOfUser } from "./reach.ts";
import { removeRecoveryCodes } from "./recovery-codes.ts";
import { revokeAll } from "./revocation.ts";
import { lockAccount, revokeSessionsOf, storedRole } from "./sessions.ts";
import { lockOfUser, unlockAccount } from "./throttle.ts";

type Person = { id: string; email: string; lock: { until: string; tries: number } | null };

/**
 * Takes the second factor of somebody who lost the phone away, and ends the sessions that are open on it. Where the
 * organization asks for one, the person enrols anew after the next password.
 *
 * @throws Problem 404 for nobody of the organization, 403 above the caller's role or reach, 409 for oneself or without one
 */
export async function resetSecondFactor(principal: Principal, userId: string, reason: string): Promise<void> {
  const person = await requireOther(principal, userId);
  if (person.id === principal.userId)
    throw new Problem(409, "Your own second factor is removed under Security, with a code of it.");
  await runWorkflow(
    {
      ...factsOf(principal, person, reason),
      workflowType: "secondFactor:removal",
      original: { secondFactor: "totp" },
      updated: { secondFactor: null },
    },
    async (client) => {
      await lockAccount(client, person.id);
      const removed = await client.query(
        "DELETE FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL",
        [person.id],
      );
      if (removed.rowCount !== 1) throw new Problem(409, `${person.email} has no second factor.`);
      await removeRecoveryCodes(client, person.id);
      await revokeSessionsOf(client, person.id);
    },
  );
  tellPerson(person.id, { what: "second-factor-removed", by: principal.email });
}

/**
 * Ends every session of a person; live streams end within a second.
 *
 * @returns how many there were
 * @throws Problem 404 for nobody of the organization, 403 above the caller's role or reach
 */
export async function endSessionsOf(principal: Principal, userId: string, reason: string): Promise<number> {
  const person = await requireOther(principal, userId);
  return await revokeAll(factsOf(principal, person, reason), { userId: person.id });
}

/**
 * Ends the lock of an account that too many guesses brought about; an address stays locked.
 *
 * @throws Problem 404 for nobody of the organization, 403 above the caller's role or reach, 409 when there is no lock
 */
export async function unlockUser(principal: Principal, userId: string, reason: string): Promise<void> {
  const person = await requireOther(principal, userId);
  const { custom, ...facts } = factsOf(principal, person, reason);
  const { lock } = person;
  const ended = lock === null ? {} : { lockedUntil: lock.until, failedTries: lock.tries };
  await runWorkflow(
    { ...facts, custom: { ...custom, ...ended }, workflowType: "user:unlock" },
    async (client) => {
      if (!(await unlockAccount(client, { email: person.email, userId: person.id })))
        throw new Problem(409, `${person.email} is not locked.`);
    },
  );
}

function factsOf(
  principal: Principal,
  { id, email }: Person,
  reason: string,
): Omit<WorkflowFacts, "workflowType"> {
  return {
    actor: actorOf(principal),
    target: { name: email, id },
    custom: { username: email, sourceIpAddress: principal.address, reason },
  };
}

async function requireOther({ organizationId, role, reach }: Principal, userId: string): Promise<Person> {
  const found = await pool().query<Person & { role: string; reach: Reach }>(
    `SELECT u.id, u.email, u.role, ${reachOfUser.text} AS reach, ${lockOfUser} AS lock
     FROM users u WHERE u.id = $1 AND u.organization_id = $2`,
    [userId, organizationId],
  );
  const [person] = found.rows;
  if (!person) throw notFound("There is no such user.");
  if (!mayGrant(role, storedRole(person.role))) throw forbidden(`${person.email} has a role above yours.`);
  if (!reachCovers(reach, person.reach)) throw forbidden(`${person.email} sees more than you do.`);
  return person;
}
