import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { looksLikeToken, newToken, tokenHash } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { findProvider, type Provider, readProvider } from "./providers.ts";

/**
 * Makes the token by which a provider provisions; one that it had is good no more.
 * @returns the token, which is kept nowhere @throws Problem 404
 */
export async function createScimToken(principal: Principal, id: string): Promise<{ token: string }> {
  const { name, scim } = await readProvider(principal.organizationId, id);
  const { token, shownPrefix, hash } = newToken("dbi_");
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "provisioningToken:creation",
      target: { name, id },
      custom: { prefix: shownPrefix, requestId: principal.requestId },
      ...(scim && { original: { prefix: scim.prefix } }),
      updated: { prefix: shownPrefix },
    },
    async (client) => {
      const set = await client.query(
        `UPDATE identity_providers SET scim_prefix = $3, scim_hash = $4, scim_created_at = now(), scim_last_used_at = NULL
         WHERE id = $1 AND organization_id = $2`,
        [id, principal.organizationId, shownPrefix, hash],
      );
      if (set.rowCount !== 1) throw notFound("There is no such identity provider.");
    },
  );
  return { token };
}

/** @throws Problem 404, 409 when there is none */
export async function revokeScimToken(principal: Principal, id: string, reason: string): Promise<void> {
  const { name, scim } = await readProvider(principal.organizationId, id);
  if (!scim) throw new Problem(409, "The provider has no provisioning token.");
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "provisioningToken:deletion",
      target: { name, id },
      custom: { prefix: scim.prefix, reason, requestId: principal.requestId },
      original: { prefix: scim.prefix },
    },
    async (client) => {
      await client.query(
        `UPDATE identity_providers SET scim_prefix = NULL, scim_hash = NULL, scim_created_at = NULL, scim_last_used_at = NULL
         WHERE id = $1 AND organization_id = $2`,
        [id, principal.organizationId],
      );
    },
  );
}

/** The enabled provider whose token this is; undefined for any other text. */
export async function providerOfToken(token: string): Promise<Provider | undefined> {
  if (!looksLikeToken(token, "dbi_")) return undefined;
  const found = await pool().query<{ id: string }>(
    `UPDATE identity_providers SET scim_last_used_at = now()
     WHERE scim_hash = $1 AND enabled RETURNING id`,
    [tokenHash(token)],
  );
  const [row] = found.rows;
  return row && (await findProvider(row.id))?.provider;
}
