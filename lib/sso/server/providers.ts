import "server-only";
import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { seal, unseal } from "@/lib/auth/server/sealed.ts";
import { pool } from "@/lib/db/client.ts";
import { badRequest, notFound, Problem } from "@/lib/http/problem.ts";
import { type GroupMapping, type ProviderItem, type ProviderSettings, providerLimits } from "../provider.ts";
import type { ProviderChange, ProviderWish } from "../provider-wish.ts";
import { issuerFault } from "./discovery.ts";

/** A provider as signing in and provisioning need it. */
export type Provider = ProviderSettings & { id: string; organizationId: string };

const settings = `p.id, p.organization_id AS "organizationId", p.name, p.kind, p.issuer, p.client_id AS "clientId",
  p.signing_algorithm AS "signingAlgorithm", p.finds_by AS "findsBy", p.trusts_emails AS "trustsEmails",
  p.creates_accounts AS "createsAccounts", p.account_role AS "accountRole", p.highest_role AS "highestRole",
  p.gives_global_scope AS "givesGlobalScope", p.groups_claim AS "groupsClaim", p.enabled,
  p.signs_out AS "signsOut",
  coalesce((SELECT json_agg(json_build_object('value', v.value, 'groupId', v.group_id) ORDER BY v.value)
    FROM identity_group_values v WHERE v.provider_id = p.id), '[]') AS groups`;

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** The providers of an organization, by name. */
export async function listProviders(organizationId: string): Promise<ProviderItem[]> {
  const found = await pool().query<ProviderItem & { organizationId: string }>(
    `SELECT ${settings}, ${time("p.created_at")} AS "createdAt",
       (SELECT count(*)::int FROM identity_links l WHERE l.provider_id = p.id) AS accounts,
       CASE WHEN p.scim_hash IS NOT NULL THEN json_build_object('prefix', p.scim_prefix,
         'createdAt', ${time("p.scim_created_at")}, 'lastUsedAt', ${time("p.scim_last_used_at")}) END AS scim
     FROM identity_providers p WHERE p.organization_id = $1 ORDER BY p.name, p.id`,
    [organizationId],
  );
  return found.rows.map(({ organizationId: _, ...item }) => item);
}

/** @throws Problem 404 when the organization has no such provider */
export async function readProvider(organizationId: string, id: string): Promise<ProviderItem> {
  const found = (await listProviders(organizationId)).find((item) => item.id === id);
  if (!found) throw notFound("There is no such identity provider.");
  return found;
}

/** The groups of an organization that access groups may stand for, by name. */
export async function listGroupChoices(organizationId: string): Promise<{ id: string; name: string }[]> {
  const found = await pool().query<{ id: string; name: string }>(
    "SELECT id, name FROM groups WHERE organization_id = $1 ORDER BY name, id",
    [organizationId],
  );
  return found.rows;
}

/** What the sign-in page offers: every enabled provider, whichever organization's it is. */
export async function listButtons(): Promise<{ id: string; name: string }[]> {
  const found = await pool().query<{ id: string; name: string }>(
    `SELECT p.id, p.name FROM identity_providers p JOIN organizations o ON o.id = p.organization_id
     WHERE p.enabled ORDER BY o.created_at, o.id, p.name`,
  );
  return found.rows;
}

/** The provider that somebody signs in with, and its secret; undefined when there is none that is enabled. */
export async function findProvider(
  id: string,
): Promise<{ provider: Provider; clientSecret: string } | undefined> {
  const found = await pool().query<Provider & { secret: Buffer }>(
    `SELECT ${settings}, p.client_secret AS secret FROM identity_providers p WHERE p.id = $1 AND p.enabled`,
    [id],
  );
  const [row] = found.rows;
  if (!row) return undefined;
  const { secret, ...provider } = row;
  return { provider, clientSecret: unseal("identity provider", id, secret) };
}

/** @returns the id @throws Problem 400 for a wrong issuer or group, 409 when the name is taken or there are too many */
export async function createProvider(principal: Principal, wish: ProviderWish): Promise<ProviderItem> {
  const { id = uuidv7(), clientSecret, ...state } = wish;
  requireIssuer(wish.issuer);
  const { organizationId } = principal;
  await uniqueName(wish.name, () =>
    runWorkflow(
      {
        actor: actorOf(principal),
        workflowType: "identityProvider:creation",
        target: { name: wish.name, id },
        custom: { requestId: principal.requestId },
        updated: state,
      },
      async (client) => {
        const count = await client.query("SELECT 1 FROM identity_providers WHERE organization_id = $1", [
          organizationId,
        ]);
        if ((count.rowCount ?? 0) >= providerLimits.providers)
          throw new Problem(
            409,
            `An organization has at most ${providerLimits.providers} identity providers.`,
          );
        await client.query(
          `INSERT INTO identity_providers (id, organization_id, name, kind, issuer, client_id, client_secret,
             signing_algorithm, finds_by, trusts_emails, creates_accounts, account_role, highest_role, gives_global_scope,
             groups_claim, enabled, signs_out)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
          [id, organizationId, ...values(state, seal("identity provider", id, clientSecret))],
        );
        await setValues(client, organizationId, id, wish.groups);
      },
    ),
  );
  return await readProvider(organizationId, id);
}

/** Sets all of a provider anew. @throws Problem as {@link createProvider}, and 404 */
export async function changeProvider(
  principal: Principal,
  id: string,
  { reason, clientSecret, ...state }: ProviderChange,
): Promise<ProviderItem> {
  const { organizationId } = principal;
  const before = await readProvider(organizationId, id);
  requireIssuer(state.issuer);
  await uniqueName(state.name, () =>
    runWorkflow(
      {
        actor: actorOf(principal),
        workflowType: "identityProvider:update",
        target: { name: before.name, id },
        custom: {
          reason,
          requestId: principal.requestId,
          ...(clientSecret === undefined ? {} : { clientSecret: "replaced" }),
        },
        original: stateOf(before),
        updated: state,
      },
      async (client) => {
        const secret = clientSecret === undefined ? null : seal("identity provider", id, clientSecret);
        await client.query(
          `UPDATE identity_providers SET name = $3, kind = $4, issuer = $5, client_id = $6,
             client_secret = coalesce($7, client_secret), signing_algorithm = $8, finds_by = $9, trusts_emails = $10,
             creates_accounts = $11, account_role = $12, highest_role = $13, gives_global_scope = $14, groups_claim = $15,
             enabled = $16, signs_out = $17
           WHERE id = $1 AND organization_id = $2`,
          [id, organizationId, ...values(state, secret)],
        );
        // Who a subject is, is what the issuer says: another issuer's are other people.
        if (state.issuer !== before.issuer)
          await client.query("UPDATE identity_links SET subject = NULL WHERE provider_id = $1", [id]);
        await setValues(client, organizationId, id, state.groups);
      },
    ),
  );
  return await readProvider(organizationId, id);
}

/** Removes a provider and its links; the accounts stay. @throws Problem 404 */
export async function deleteProvider(principal: Principal, id: string, reason: string): Promise<void> {
  const before = await readProvider(principal.organizationId, id);
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "identityProvider:deletion",
      target: { name: before.name, id },
      custom: { reason, requestId: principal.requestId, accounts: before.accounts },
      original: stateOf(before),
    },
    async (client) => {
      await client.query("DELETE FROM identity_providers WHERE id = $1 AND organization_id = $2", [
        id,
        principal.organizationId,
      ]);
    },
  );
}

/** What the record keeps of a provider: all that is set, the secret apart. */
function stateOf({ id: _, createdAt: __, accounts: ___, scim: ____, ...state }: ProviderItem) {
  return state;
}

function values(state: ProviderSettings, secret: Buffer | null): unknown[] {
  return [
    state.name,
    state.kind,
    state.issuer,
    state.clientId,
    secret,
    state.signingAlgorithm,
    state.findsBy,
    state.trustsEmails,
    state.createsAccounts,
    state.accountRole,
    state.highestRole,
    state.givesGlobalScope,
    state.groupsClaim,
    state.enabled,
    state.signsOut,
  ];
}

function requireIssuer(issuer: string): void {
  const reason = issuerFault(issuer);
  if (reason !== undefined) throw badRequest([{ parameter: "issuer", reason }]);
}

async function setValues(
  client: ClientBase,
  organizationId: string,
  providerId: string,
  groups: readonly GroupMapping[],
): Promise<void> {
  await client.query("DELETE FROM identity_group_values WHERE provider_id = $1", [providerId]);
  const set = await client.query(
    `INSERT INTO identity_group_values (provider_id, value, group_id)
     SELECT $1, given.value, g.id FROM unnest($3::text[], $4::uuid[]) AS given (value, id)
     JOIN groups g ON g.id = given.id AND g.organization_id = $2`,
    [providerId, organizationId, groups.map(({ value }) => value), groups.map(({ groupId }) => groupId)],
  );
  if (set.rowCount !== groups.length)
    throw badRequest([{ parameter: "groups", reason: "names a group that is not there" }]);
}

async function uniqueName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "23505")) throw error;
    throw new Problem(409, `There is an identity provider named ${name} already.`, {
      errors: [{ parameter: "name", reason: "is taken" }],
    });
  }
}
