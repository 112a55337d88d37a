import "server-only";
import { createHash, randomBytes } from "node:crypto";
import type { ClientBase } from "pg";
import { v4 as uuidv4 } from "uuid";
import { resumeWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { secondStepMinutes } from "../second-factor.ts";

/** Somebody whose password was right and who owes a code. */
export type Challenge = {
  id: string;
  userId: string;
  email: string;
  organizationId: string;
  /** The workflow that the password began; null when a wrong code ended it. */
  workflowId: string | null;
};

const tokenForm = /^[\w-]{43}$/;

/**
 * Remembers within the caller's transaction that a password was right: for {@link secondStepMinutes}, and for the
 * browser alone that holds the token and calls itself the same.
 *
 * @returns the token for that browser's cookie; its hash is kept
 */
export async function beginChallenge(
  client: ClientBase,
  { userId, userAgent, workflowId }: { userId: string; userAgent: string; workflowId: string },
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await client.query(
    `INSERT INTO sign_in_challenges (id, user_id, token_hash, user_agent, workflow_id, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
    [uuidv4(), userId, hashOf(token), userAgent, workflowId, secondStepMinutes],
  );
  return token;
}

/**
 * Finds the challenge of a browser and takes its workflow out of it: of tries at the same moment one goes on with it.
 *
 * @returns undefined when there is none, its time is over, the account is disabled, or it is another browser's
 */
export async function takeUpChallenge(token: string, userAgent: string): Promise<Challenge | undefined> {
  if (!tokenForm.test(token)) return undefined;
  const found = await pool().query<Challenge>(
    `WITH before AS (
       SELECT c.id, c.workflow_id, u.id AS user_id, u.email, u.organization_id
       FROM sign_in_challenges c JOIN users u ON u.id = c.user_id
       WHERE c.token_hash = $1 AND c.user_agent = $2 AND c.expires_at > now() AND u.status = 'active'
       FOR UPDATE OF c
     )
     UPDATE sign_in_challenges c SET workflow_id = NULL FROM before b WHERE c.id = b.id
     RETURNING b.id, b.user_id AS "userId", b.email, b.organization_id AS "organizationId", b.workflow_id AS "workflowId"`,
    [hashOf(token), userAgent],
  );
  return found.rows[0];
}

/** Uses a challenge up within the caller's transaction. @returns false when it is gone */
export async function closeChallenge(client: ClientBase, id: string): Promise<boolean> {
  const closed = await client.query("DELETE FROM sign_in_challenges WHERE id = $1 AND expires_at > now()", [
    id,
  ]);
  return closed.rowCount === 1;
}

/** Removes challenges whose time is over, and writes that no code came. @returns how many */
export async function endExpiredChallenges(): Promise<number> {
  const ended = await pool().query<{ workflowId: string | null }>(
    `DELETE FROM sign_in_challenges WHERE expires_at <= now() RETURNING workflow_id AS "workflowId"`,
  );
  for (const { workflowId } of ended.rows) {
    const workflow = workflowId === null ? undefined : await resumeWorkflow(workflowId);
    await workflow?.failed("no code came in time");
  }
  return ended.rowCount ?? 0;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}
