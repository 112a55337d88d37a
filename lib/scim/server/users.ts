import "server-only";
import type { PoolClient } from "pg";
import { z } from "zod";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { type Role, roles } from "@/lib/auth/roles.ts";
import { pool } from "@/lib/db/client.ts";
import { textFault } from "@/lib/http/body.ts";
import { newAccount } from "@/lib/sso/server/accounts.ts";
import { providerName } from "@/lib/sso/server/actor.ts";
import { type Account, findAccount, findAccountByEmail, targetOf } from "@/lib/users/server/accounts.ts";
import {
  type Cause,
  changeAccount,
  createAccount,
  deleteAccount,
} from "@/lib/users/server/change-account.ts";
import { enabledStatus } from "@/lib/users/server/manage-users.ts";
import { actorOf, type ScimContext } from "./context.ts";
import { notThere, scimFault } from "./errors.ts";
import { oneUser, readUsers, type ScimUser } from "./read-users.ts";

/** What a request may set. */
const oneText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine(
      (text) => textFault(text) === undefined && !/\p{Cc}/u.test(text),
      "must not hold control characters",
    );

const sentUser = z.object({
  userName: z.email("must be an email address").max(254).toLowerCase(),
  externalId: oneText(300).min(1).optional(),
  displayName: oneText(200).optional(),
  name: z
    .object({
      formatted: oneText(200).optional(),
      givenName: oneText(100).optional(),
      familyName: oneText(100).optional(),
    })
    .optional(),
  active: z.boolean().optional(),
  roles: z.array(z.object({ value: z.string(), primary: z.boolean().optional() })).optional(),
});

type SentUser = z.output<typeof sentUser>;

/** Makes an account, or links one of the same address where the provider finds accounts by that. */
export async function createUser(context: ScimContext, given: object): Promise<ScimUser> {
  const { provider } = context;
  const sent = checkedUser(given);
  const email = sent.userName;
  const known = await findAccountByEmail(email);
  if (known) return await adoptUser(context, known, sent);
  const wish = newAccount(provider, {
    email,
    name: nameOf(sent, undefined) ?? email,
    role: checkedRole(context, sent, undefined),
    disabled: sent.active === false,
  });
  const cause = causeOf(context, sent);
  const custom = { ...cause.custom, globalScope: provider.givesGlobalScope };
  const made = await createAccount({ ...cause, custom }, wish, async (client, { id }) => {
    await link(client, context, id, sent.externalId, true);
  });
  return await oneUser(context, made.id);
}

/** Links an account that is there. Whether it may is the same question for everybody's: a taken name says no more. */
async function adoptUser(context: ScimContext, known: Account, sent: SentUser): Promise<ScimUser> {
  const { provider } = context;
  const [linked] = await readUsers(context, { equal: { id: known.id }, limit: 1 });
  const own = known.organizationId === provider.organizationId && !linked;
  if (!own || isAbove(known.role, provider.highestRole) || provider.findsBy !== "email")
    throw scimFault(409, `The userName ${sent.userName} is taken.`, "uniqueness");
  await runWorkflow(
    {
      actor: actorOf(context),
      workflowType: "user:update",
      target: targetOf(known),
      custom: { username: known.email, updatedBy: providerName(provider), linkedTo: provider.name },
      original: { linkedToProvider: false },
      updated: { linkedToProvider: true },
    },
    (client) => link(client, context, known.id, sent.externalId, false),
  );
  return await replaceUser(context, known.id, sent);
}

async function link(
  client: PoolClient,
  { provider }: ScimContext,
  userId: string,
  externalId: string | undefined,
  made: boolean,
): Promise<void> {
  await client.query(
    "INSERT INTO identity_links (provider_id, user_id, external_id, made) VALUES ($1, $2, $3, $4)",
    [provider.id, userId, externalId ?? null, made],
  );
}

/** Sets what was sent of an account of the provider; what was not sent stays. */
export async function replaceUser(context: ScimContext, id: string, given: object): Promise<ScimUser> {
  const { provider } = context;
  const shownBefore = await oneUser(context, id);
  const before = await findAccount(id, provider.organizationId);
  if (!before) throw notThere();
  const sent = checkedUser(given);
  if (sent.userName !== before.email)
    throw scimFault(
      400,
      `userName: the address ${before.email} stays, as records are a person's by it.`,
      "mutability",
    );
  // Whoever is above the provider was perhaps disabled by hand: it ends such an account, and does not open it.
  if (sent.active && !shownBefore.active && isAbove(before.role, provider.highestRole))
    throw scimFault(
      400,
      `active: ${before.email} is ${before.role}, which is above what this provider may give. Enable the account in Daybook.`,
      "mutability",
    );
  const deactivates = shownBefore.active && sent.active === false;
  const change = {
    name: nameOf(sent, shownBefore) ?? before.name,
    role: checkedRole(context, sent, before.role),
    status: deactivates ? ("disabled" as const) : sent.active ? await enabledStatus(before) : before.status,
  };
  const changes = (["name", "role", "status"] as const).some((field) => change[field] !== before[field]);
  if (changes) {
    const cause = causeOf(context, sent);
    const asK1 = deactivates && provider.kind === "k1";
    await changeAccount(asK1 ? { ...cause, as: "cooperbotk1user:deactivate" } : cause, before, change);
  }
  if (sent.externalId !== undefined && sent.externalId !== shownBefore.externalId)
    await pool().query("UPDATE identity_links SET external_id = $3 WHERE provider_id = $1 AND user_id = $2", [
      provider.id,
      id,
      sent.externalId,
    ]);
  return await oneUser(context, id);
}

/** Deletes an account of the provider, with its sessions and tokens; what it did stays on record. */
export async function deleteUser(context: ScimContext, id: string): Promise<void> {
  const { provider } = context;
  const shownBefore = await oneUser(context, id);
  const before = await findAccount(id, provider.organizationId);
  if (!before) throw notThere();
  const cause = causeOf(context, shownBefore);
  await deleteAccount(provider.kind === "k1" ? { ...cause, as: "cooperbotk1user:delete" } : cause, before);
}

/** The provider as the cause of a change of an account. */
function causeOf(context: ScimContext, { externalId }: { externalId?: string | undefined }): Cause {
  return {
    actor: actorOf(context),
    by: providerName(context.provider),
    ...(externalId === undefined ? {} : { custom: { externalId } }),
  };
}

function checkedUser(given: object): SentUser {
  const parsed = sentUser.safeParse(given);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw scimFault(400, reasons.join("; "), "invalidValue");
}

/** The primary role, or the first. One above what the provider may give does not come by SCIM, nor does it go. */
function checkedRole({ provider }: ScimContext, sent: SentUser, current: Role | undefined): Role {
  const wished = (sent.roles?.find(({ primary }) => primary) ?? sent.roles?.[0])?.value;
  const role = roles.find((known) => known === (wished ?? current ?? provider.accountRole).toLowerCase());
  if (!role) throw scimFault(400, `roles: ${wished} is none of ${roles.join(", ")}.`, "invalidValue");
  if (role === current) return role;
  if (!isAbove(role, provider.highestRole) && !(current && isAbove(current, provider.highestRole)))
    return role;
  throw scimFault(
    400,
    `roles: this provider gives and takes roles up to ${provider.highestRole}.`,
    "mutability",
  );
}

function isAbove(role: Role, other: Role): boolean {
  return roles.indexOf(role) < roles.indexOf(other);
}

/** The name that was changed, of those by which SCIM calls a person. */
function nameOf({ displayName, name }: SentUser, before: ScimUser | undefined): string | undefined {
  const given = [displayName, name?.formatted].filter((text) => text !== undefined && text !== "");
  const changed = given.find((text) => text !== before?.displayName);
  if (changed !== undefined) return changed;
  if (given.length > 0) return before?.displayName;
  const joined = [name?.givenName, name?.familyName].filter(Boolean).join(" ");
  return joined === "" ? undefined : joined;
}
