import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { assignScope, requireGrantable } from "@/lib/groups/server/user-scope.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { DeletedUser, UserStatus } from "../user.ts";
import type { UserChangeWish } from "../user-wish.ts";
import type { Account } from "./accounts.ts";
import { type AccountChange, changeAccount, deleteAccount } from "./change-account.ts";
import { causeOf, requireGrantableRole, requireManageable } from "./guard.ts";

/**
 * Changes somebody's account as they were seen at `version`.
 *
 * @throws Problem 400 for a scope beyond the caller's own, 403 for somebody or a role above the caller's own, 404, 409 for another version, for a change of
 *   one's own role or status, and for what `changeAccount` refuses
 */
export async function updateUser(
  principal: Principal,
  id: string,
  { version, reason, globalScope, groupIds, ...wish }: UserChangeWish,
): Promise<void> {
  const before = await requireManageable(principal, id);
  requireVersion(before, version);
  if (wish.role !== undefined) requireGrantableRole(principal, wish.role);
  const own = id === principal.userId;
  if (own && wish.role !== undefined && wish.role !== before.role)
    throw new Problem(409, "Nobody changes their own role. Ask another administrator.");
  if (own && wish.status === "disabled")
    throw new Problem(409, "Nobody disables their own account. Ask another administrator.");
  const scope = { globalScope, groupIds };
  await requireGrantable(principal, scope);
  const change = await changeOf(before, wish);
  // A form sends everything that it shows: with another scope, the rest may well be as it was.
  const onlyScope = (globalScope !== undefined || groupIds !== undefined) && isSame(before, change);
  if (!onlyScope) await changeAccount(causeOf(principal, reason), before, change);
  await assignScope(principal, id, scope);
}

/**
 * Deletes somebody's account as they were seen at `version`; what they did stays on record.
 *
 * @throws Problem 403 for somebody above the caller's role, 404, 409 for oneself, for another version and for the
 *   last active superuser
 */
export async function deleteUser(
  principal: Principal,
  id: string,
  { version, reason }: { version: number; reason: string },
): Promise<DeletedUser> {
  const before = await requireManageable(principal, id);
  if (id === principal.userId)
    throw new Problem(409, "Nobody deletes their own account. Ask another administrator.");
  requireVersion(before, version);
  return await deleteAccount(causeOf(principal, reason), before);
}

function requireVersion({ email, version }: Account, seen: number): void {
  if (version === seen) return;
  throw new Problem(
    409,
    `${email} was changed by somebody else meanwhile. Nothing of yours was saved; look at it again.`,
  );
}

function isSame(before: Account, change: AccountChange): boolean {
  return (Object.keys(change) as (keyof AccountChange)[]).every(
    (key) => JSON.stringify(change[key]) === JSON.stringify(before[key]),
  );
}

/** @throws Problem 409 when an invited account shall be active without its activation */
async function changeOf(
  before: Account,
  {
    status,
    name,
    role,
    logins,
    sharedOnly,
  }: Pick<UserChangeWish, "status" | "name" | "role" | "logins" | "sharedOnly">,
): Promise<AccountChange> {
  if (status === "active" && before.status === "invited")
    throw new Problem(409, `${before.email} has not used the link of the invitation yet.`);
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(logins !== undefined && { logins }),
    ...(sharedOnly !== undefined && { sharedOnly }),
    ...(status !== undefined && { status: status === "active" ? await enabledStatus(before) : status }),
  };
}

/** What a disabled account becomes when it is enabled: one that was never activated waits for that again. */
export async function enabledStatus({ id, status }: Pick<Account, "id" | "status">): Promise<UserStatus> {
  if (status !== "disabled") return status;
  const found = await pool().query(
    `SELECT 1 FROM users u WHERE id = $1 AND password_hash IS NULL
       AND EXISTS (SELECT 1 FROM user_links WHERE user_id = u.id AND purpose = 'activation')
       AND NOT EXISTS (SELECT 1 FROM user_links WHERE user_id = u.id AND purpose = 'activation' AND used_at IS NOT NULL)`,
    [id],
  );
  return found.rowCount === 0 ? "active" : "invited";
}
