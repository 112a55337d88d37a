import "server-only";
import type { PoolClient } from "pg";
import { type Actor, beginWorkflow, type OpenWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import { createSession, lockAccount, revokeSession } from "@/lib/auth/server/sessions.ts";
import { inTransaction } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { createAccount } from "@/lib/users/server/change-account.ts";
import { type Account, type Found, findAccount, linkSubject, newAccount } from "./accounts.ts";
import { providerActor, providerName } from "./actor.ts";
import type { Claims } from "./openid.ts";
import type { Provider } from "./providers.ts";
import { syncGroups } from "./sync-groups.ts";

/** The session that was begun, or that there is none: why is on record and for nobody outside. */
export type SsoResult = { sessionId: string } | { refused: true };

/** The sign-in of each kind in the audit log, and its name for how the person was mapped to an account. */
const workflows = {
  vsa9: { type: "user:vsa9-login", mapping: "vsaUserMappingStatus" },
  vsax: { type: "user:vsax-login", mapping: "userMappingStatus" },
  k1: { type: "user:k1-login", mapping: "k1UserMappingStatus" },
  oidc: { type: "sso:login", mapping: "userMappingStatus" },
} as const;

/**
 * Signs in a person of whom a provider said who it is: finds the account or makes one where the provider may,
 * lets groups follow, begins a session under a new id and ends the one that the browser came with, as one workflow
 * of the provider's organization.
 *
 * @param replaces the session id in the request's cookie, if any
 * @throws the database's error; then nobody was signed in
 */
export async function signInWithProvider(
  provider: Provider,
  claims: Claims,
  facts: RequestFacts,
  replaces: string | undefined,
): Promise<SsoResult> {
  const found = await findAccount(provider, claims);
  const account = "account" in found ? found.account : undefined;
  const username = account?.email ?? claims.email ?? claims.subject;
  const workflow = await beginLogin(provider, facts, username, account?.id);
  try {
    if ("refused" in found) {
      await workflow.failed(found.refused, mappingEnd(provider, found.status));
      return { refused: true };
    }
    const { user, made } = await accountOf(provider, claims, found);
    const groups = claims.groups && (await syncGroups(provider, user, claims.groups));
    const sessionId = await inTransaction(async (client) => {
      if (!(await lockAccount(client, user.id)))
        throw new Problem(403, "the account was disabled or deleted a moment ago");
      await requireLink(client, provider, { userId: user.id, subject: claims.subject, made });
      const id = await createSession(client, {
        userId: user.id,
        ...facts,
        method: "provider",
        providerId: provider.id,
      });
      const replaced = replaces !== undefined && (await revokeSession(client, replaces));
      const { custom } = mappingEnd(provider, made ? "created" : "mapped");
      await workflow.done(client, {
        target: { name: user.email, id: user.id },
        initiator: personActor(provider, user.email, user.id),
        custom: {
          ...custom,
          sessionId: id,
          ...(groups || provider.kind === "k1" ? { accessGroupsAssigned: groups ?? [] } : {}),
          ...(replaced ? { replacedSessionId: replaces } : {}),
        },
      });
      return id;
    });
    return { sessionId };
  } catch (error) {
    await reportFailure(workflow, error);
    if (error instanceof Problem) return { refused: true };
    throw error;
  }
}

/** Records that a provider's answer could not be believed, or that it gave none: nobody is known. */
export async function recordUnproven(provider: Provider, facts: RequestFacts, reason: string): Promise<void> {
  const workflow = await beginLogin(provider, facts, "unknown", undefined);
  await workflow.failed(reason);
}

function beginLogin(
  provider: Provider,
  facts: RequestFacts,
  username: string,
  userId: string | undefined,
): Promise<OpenWorkflow> {
  return beginWorkflow({
    actor: personActor(provider, username, userId),
    workflowType: workflows[provider.kind].type,
    target: { name: username, ...(userId === undefined ? {} : { id: userId }) },
    custom: {
      username,
      sourceIpAddress: facts.address,
      authenticationMethod: "single sign-on",
      identityProvider: provider.name,
      identityProviderId: provider.id,
      userAgent: facts.userAgent,
      requestId: facts.requestId,
    },
  });
}

/** Whom the provider vouches for; the users of VSA have a type of their own. */
function personActor({ organizationId, kind }: Provider, username: string, id: string | undefined): Actor {
  const vsa = kind === "vsa9" || kind === "vsax";
  return {
    organizationId,
    initiator: username,
    initiatorType: id === undefined ? "anonymous" : vsa ? "vsa-user" : "tenant-user",
    ...(id === undefined ? {} : { initiatorId: id }),
  };
}

function mappingEnd({ kind }: Provider, status: "mapped" | "created" | "unmapped" | "refused") {
  return { custom: { [workflows[kind].mapping]: status } };
}

type User = { user: Pick<Account, "id" | "email">; made: boolean };

/** The account that was found, or one that is made now, unless another sign-in of the person was faster. */
async function accountOf(
  provider: Provider,
  claims: Claims,
  found: Exclude<Found, { refused: unknown }>,
): Promise<User> {
  if ("account" in found) return { user: found.account, made: false };
  try {
    return { user: await makeAccount(provider, claims, found.create), made: true };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const now = await findAccount(provider, claims);
    if (!("account" in now)) throw error;
    return { user: now.account, made: false };
  }
}

/** Makes the account of somebody unknown; the provider is its cause. @throws Problem 409 when it is there by now */
async function makeAccount(
  provider: Provider,
  claims: Claims,
  { email, name }: { email: string; name: string },
): Promise<User["user"]> {
  const { subject } = claims;
  return await createAccount(
    {
      actor: providerActor(provider),
      by: providerName(provider),
      custom: { subject, globalScope: provider.givesGlobalScope },
    },
    newAccount(provider, { email, name, role: provider.accountRole, disabled: false }),
    // Nobody finds the account before it is its person's.
    (client, { id }) => requireLink(client, provider, { userId: id, subject, made: true }),
  );
}

/** @throws Problem 409 when the account or the person is linked otherwise */
async function requireLink(
  client: PoolClient,
  { id }: Provider,
  link: { userId: string; subject: string; made: boolean },
): Promise<void> {
  if (!(await linkSubject(client, { providerId: id, ...link })))
    throw new Problem(409, "the account was linked to another person of the provider a moment ago");
}
