import "server-only";
import type { PoolClient } from "pg";
import { type Actor, beginWorkflow, reportFailure, runWorkflow } from "@/lib/audit/server/record.ts";
import { looksLikeToken, tokenHash } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { Problem } from "@/lib/http/problem.ts";
import { ingestUrl } from "@/lib/ingest/ingest-url.ts";
import { createSource } from "@/lib/ingest/server/manage.ts";
import { isNameTaken, requireOwnHosts } from "@/lib/ingest/server/source-workflows.ts";
import type { Paired } from "../deployment-token.ts";

/** A deployment token that there is or was. */
export type KnownToken = {
  id: string;
  organizationId: string;
  name: string;
  kind: string;
  settings: { [name: string]: string };
  prefix: string;
};

/** @returns what a text is the token of, over or not; undefined for any other text */
export async function findDeploymentToken(text: string): Promise<KnownToken | undefined> {
  if (!looksLikeToken(text, "dbd_")) return undefined;
  const found = await pool().query<KnownToken>(
    `SELECT id, organization_id AS "organizationId", name, kind, settings, prefix FROM deployment_tokens WHERE hash = $1`,
    [tokenHash(text)],
  );
  return found.rows[0];
}

/**
 * Makes a host a source. Of hosts that come at once as many pair as the token says.
 *
 * @param host its name, and then the source's
 * @param facts for the audit log
 * @throws Problem 410 when the token is deleted, expired or used up, 409 when the name is taken
 */
export async function pairHost(
  token: KnownToken,
  host: string,
  facts: { address: string; requestId: string },
): Promise<Paired> {
  const { organizationId, kind, settings } = token;
  const actor: Actor = {
    organizationId,
    initiator: host,
    initiatorType: "system-user",
    initiatorId: token.id,
    custom: { sourceIpAddress: facts.address, requestId: facts.requestId },
  };
  const details = { name: host, kind, settings };
  const creation = await beginWorkflow({
    actor,
    workflowType: "source:creation",
    target: { name: host },
    custom: { ...details, deploymentToken: { id: token.id, name: token.name } },
  });
  try {
    const made = await runWorkflow(
      {
        actor,
        workflowType: "deploymenttoken:pair",
        target: { name: token.name, id: token.id },
        custom: { host },
        updated: ({ id, tokenPrefix }: { id: string; tokenPrefix: string }) => ({
          source: { id, ...details, tokenPrefix },
        }),
      },
      async (client) => {
        await takePlace(client, token.id);
        await requireOwnHosts(client, organizationId, token);
        const source = await createSource(client, organizationId, details, token.id);
        const { id, tokenPrefix } = source;
        await creation.done(client, {
          target: { name: host, id },
          updated: { id, ...details, tokenPrefix },
        });
        return source;
      },
    );
    const source = { id: made.id, name: host, kind };
    return { source, token: made.token, url: ingestUrl(env().NEXTAUTH_URL, source) };
  } catch (error) {
    const told = isNameTaken(error) ? nameTaken(host) : error;
    await reportFailure(creation, told);
    throw told;
  }
}

/** @throws Problem 410, which says why nobody pairs with the token any more */
async function takePlace(client: PoolClient, id: string): Promise<void> {
  const taken = await client.query(
    `UPDATE deployment_tokens SET paired = paired + 1
     WHERE id = $1 AND deleted_at IS NULL AND expires_at > now() AND paired < hosts`,
    [id],
  );
  if (taken.rowCount === 1) return;
  const found = await client.query<{ why: string }>(
    `SELECT CASE WHEN deleted_at IS NOT NULL THEN 'was deleted' WHEN expires_at <= now() THEN 'has expired'
       ELSE 'is used up: ' || hosts || CASE hosts WHEN 1 THEN ' host has' ELSE ' hosts have' END || ' paired with it' END AS why
     FROM deployment_tokens WHERE id = $1`,
    [id],
  );
  throw new Problem(410, `This deployment token ${found.rows[0]?.why}. Ask for a new one.`);
}

function nameTaken(host: string): Problem {
  const detail = `There is a source named ${host} already. Pair under another name, or renew the token of that source in Daybook.`;
  return new Problem(409, detail, { errors: [{ parameter: "host", reason: "is taken" }] });
}
