import "server-only";
import type { PoolClient } from "pg";
import { v7 as uuidv7 } from "uuid";
import { type Actor, type Json, runWorkflow } from "@/lib/audit/server/record.ts";
import { revokeSessionsOf } from "@/lib/auth/server/sessions.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { DeletedUser } from "../user.ts";
import {
  type Account,
  checkNames,
  isSuperuser,
  lockUsers,
  requireSuperuser,
  stateOf,
  targetOf,
} from "./accounts.ts";

/** Who causes a change of an account, whether a person, a command on the server or a provider of identities. */
export type Cause = {
  actor: Actor;
  /** As CustomValues name them: `createdBy`, `updatedBy`, `deletedBy`. */
  by: string;
  /** More for CustomValues: a reason, the request's id. */
  custom?: { [name: string]: Json };
  /** The workflow, where the record has another for who causes it. */
  as?: "cooperbotk1user:deactivate" | "cooperbotk1user:delete";
};

export type NewAccount = Omit<Account, "id" | "version"> & {
  passwordHash: string | null;
  /** False for whom `assignScope` gives their scope afterwards, in a workflow of its own. */
  globalScope: boolean;
  /** What `assignScope` is about to give, in words; nothing where the scope is settled with the account. */
  scopeToCome?: string;
};

/** What of an account may become different. The address stays: records are a person's by it. */
export type AccountChange = Partial<Pick<Account, "name" | "role" | "status" | "logins" | "sharedOnly">>;

/**
 * Makes an account as a workflow of the audit log.
 *
 * @param more what belongs into the same transaction
 * @throws Problem 409 when the address or a login name is somebody's already
 */
export async function createAccount(
  { actor, by, custom }: Cause,
  { passwordHash, globalScope, scopeToCome, ...wish }: NewAccount,
  more: (client: PoolClient, account: Account) => Promise<void> = async () => undefined,
): Promise<Account> {
  const account: Account = { ...wish, id: uuidv7(), version: 1 };
  await runWorkflow(
    {
      actor,
      workflowType: "user:creation",
      target: targetOf(account),
      custom: {
        newUsername: account.email,
        createdBy: by,
        scopeAssignmentStatus: `role ${account.role}, ${globalScope ? "global scope" : (scopeToCome ?? "no scope yet")}`,
        ...custom,
      },
      updated: stateOf(account),
    },
    async (client) => {
      await checkNames(client, account);
      const { id, organizationId, email, name, role, status, logins, sharedOnly } = account;
      await client.query(
        `INSERT INTO users (id, organization_id, email, name, role, status, logins, shared_only, password_hash, global_scope)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [id, organizationId, email, name, role, status, logins, sharedOnly, passwordHash, globalScope],
      );
      await more(client, account);
    },
  );
  return account;
}

/**
 * Changes an account as a workflow of the audit log. A disabled one loses its sessions; its API tokens and devices
 * rest until it is enabled again. What is open under it ends within a second.
 *
 * @param before as the caller saw it
 * @throws Problem 409 when nothing would change, when it was changed since `before`, when a login name is another's,
 *   or when the organization would be left without an active superuser
 */
export async function changeAccount(
  { actor, by, custom, as }: Cause,
  before: Account,
  change: AccountChange,
): Promise<Account> {
  const after: Account = { ...before, ...change };
  // The setting is an auditor's; with another role it goes.
  if (after.role !== "auditor") {
    if (change.sharedOnly === true)
      throw new Problem(
        409,
        `${before.email} is ${after.role}: only an auditor can be kept to shared sessions.`,
      );
    after.sharedOnly = false;
  }
  const [original, updated] = [stateOf(before), stateOf(after)];
  if (JSON.stringify(original) === JSON.stringify(updated))
    throw new Problem(409, `${before.email} is like that already.`);
  return await runWorkflow(
    {
      actor,
      workflowType: as ?? "user:update",
      target: targetOf(before),
      custom: { username: before.email, updatedBy: by, ...custom },
      original,
      updated,
    },
    async (client) => {
      await checkNames(client, after);
      const { id, name, role, status, logins, sharedOnly, version } = after;
      const changed = await client.query<{ version: number }>(
        `UPDATE users SET name = $2, role = $3, status = $4, logins = $5, shared_only = $6
         WHERE id = $1 AND version = $7 RETURNING version`,
        [id, name, role, status, logins, sharedOnly, version],
      );
      const [row] = changed.rows;
      if (!row) throw changedMeanwhile(before.email);
      if (status === "disabled") await revokeSessionsOf(client, id);
      if (isSuperuser(before) && !isSuperuser(after)) await requireSuperuser(client, after);
      return { ...after, version: row.version };
    },
  );
}

/**
 * Removes an account as a workflow of the audit log; what it did stays on record. Its sessions, API tokens and
 * devices are gone with it, and what is open under them ends within a second.
 *
 * @throws Problem 409 when it was changed since `before`, or when it is the last active superuser's
 */
export async function deleteAccount({ actor, by, custom, as }: Cause, before: Account): Promise<DeletedUser> {
  return await runWorkflow(
    {
      actor,
      workflowType: as ?? "user:deletion",
      target: targetOf(before),
      custom: { username: before.email, deletedBy: by, ...custom },
      original: stateOf(before),
    },
    async (client) => {
      await lockUsers(client);
      const counted = await client.query<DeletedUser>(
        `SELECT (SELECT count(*) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now())::int AS sessions,
                (SELECT count(*) FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL)::int AS tokens,
                (SELECT count(*) FROM devices WHERE user_id = $1 AND revoked_at IS NULL)::int AS devices`,
        [before.id],
      );
      const [ended] = counted.rows;
      const gone = await client.query("DELETE FROM users WHERE id = $1 AND version = $2", [
        before.id,
        before.version,
      ]);
      if (gone.rowCount !== 1 || !ended) throw changedMeanwhile(before.email);
      if (isSuperuser(before)) await requireSuperuser(client, before);
      return ended;
    },
  );
}

function changedMeanwhile(email: string): Problem {
  return new Problem(409, `${email} was changed or deleted by somebody else meanwhile. Look at it again.`);
}
