import "server-only";
import { v7 as uuidv7 } from "uuid";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { newToken } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { notFound } from "@/lib/http/problem.ts";
import { requireOwnHosts } from "@/lib/ingest/server/source-workflows.ts";
import type { DeploymentTokenLine } from "../deployment-token.ts";
import type { DeploymentTokenWish } from "../deployment-token-wish.ts";

const line = `d.id, d.name, d.kind, d.settings, d.prefix, d.hosts, ${utcText("d.created_at")} AS "createdAt",
  d.created_by AS "createdBy", ${utcText("d.expires_at")} AS "expiresAt",
  CASE WHEN d.expires_at <= now() THEN 'expired' WHEN d.paired >= d.hosts THEN 'used up' ELSE 'ready' END AS state,
  (SELECT coalesce(json_agg(json_build_object('id', s.id, 'name', s.name) ORDER BY s.created_at, s.id), '[]')
   FROM sources s WHERE s.deployment_token_id = d.id) AS sources`;

/** The deployment tokens of an organization, newest first; those that were deleted are in the audit log alone. */
export async function listDeploymentTokens(organizationId: string): Promise<DeploymentTokenLine[]> {
  const found = await pool().query<DeploymentTokenLine>(
    `SELECT ${line} FROM deployment_tokens d WHERE d.organization_id = $1 AND d.deleted_at IS NULL
     ORDER BY d.created_at DESC, d.id DESC`,
    [organizationId],
  );
  return found.rows;
}

/**
 * Makes a deployment token.
 *
 * @param wish checked input
 * @returns its id and the token itself, which is not kept and cannot be shown again
 * @throws Problem 400 when hosts of a sudo source are another organization's
 */
export async function createDeploymentToken(
  principal: Principal,
  wish: DeploymentTokenWish,
): Promise<{ id: string; token: string }> {
  const id = uuidv7();
  const { token, shownPrefix, hash } = newToken("dbd_");
  const { name, kind, settings, hosts, expiresInHours } = wish;
  const { organizationId, email, requestId } = principal;
  const details = { name, prefix: shownPrefix, kind, settings, hosts, expiresInHours };
  return await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "deploymenttoken:create",
      target: { name, id },
      custom: { tokenDetails: details, requestId },
      updated: { id, ...details },
    },
    async (client) => {
      await requireOwnHosts(client, organizationId, wish);
      await client.query(
        `INSERT INTO deployment_tokens (id, organization_id, name, kind, settings, prefix, hash, hosts, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(hours => $10::int))`,
        [id, organizationId, name, kind, settings, shownPrefix, hash, hosts, email, expiresInHours],
      );
      return { id, token };
    },
  );
}

/**
 * Deletes a deployment token: no host pairs with it any more. What paired with it stays.
 *
 * @param reason the caller's words, for the audit log
 * @throws Problem 404 when the organization has no such token
 */
export async function deleteDeploymentToken(principal: Principal, id: string, reason: string): Promise<void> {
  const { organizationId, requestId } = principal;
  const before = (await listDeploymentTokens(organizationId)).find((token) => token.id === id);
  if (!before) throw notFound("There is no such deployment token.");
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "deploymenttoken:delete",
      target: { name: before.name, id },
      custom: { reason, requestId },
      original: before,
    },
    async (client) => {
      const deleted = await client.query(
        `UPDATE deployment_tokens SET deleted_at = now()
         WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL`,
        [organizationId, id],
      );
      if (deleted.rowCount !== 1) throw notFound("There is no such deployment token.");
    },
  );
}
