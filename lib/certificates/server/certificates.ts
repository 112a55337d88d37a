import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { type CertificateLine, type NewCertificate, replacedDays } from "../certificate.ts";
import type { certificateRenewal, certificateWish } from "../certificate-wish.ts";
import { authorityCertificate, clientIdentity } from "./authority.ts";

const line = `id, name, fingerprint, ${utcText("created_at")} AS "createdAt", created_by AS "createdBy",
  ${utcText("ends_at")} AS "endsAt", replaced_by AS "replacedBy", ${utcText("revoked_at")} AS "revokedAt",
  ${utcText("last_used_at")} AS "lastUsedAt", ${utcText("refused_at")} AS "refusedAt", refused_for AS "refusedFor",
  CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN ends_at <= now() THEN 'expired'
    WHEN replaced_by IS NOT NULL THEN 'replaced' ELSE 'good' END AS state`;

/** The certificates of a source, newest first. @throws Problem 404 when there is no such source */
export async function listCertificates(organizationId: string, sourceId: string): Promise<CertificateLine[]> {
  await requireSource(organizationId, sourceId);
  const found = await pool().query<CertificateLine>(
    `SELECT ${line} FROM source_certificates WHERE organization_id = $1 AND source_id = $2
     ORDER BY created_at DESC, id DESC`,
    [organizationId, sourceId],
  );
  return found.rows;
}

/**
 * Issues a client certificate for a source. Its key is in the answer and nowhere else.
 * @throws Problem 404 when there is no such source, 409 when hosts do not connect to sources of its kind
 */
export async function issueCertificate(
  principal: Principal,
  sourceId: string,
  wish: z.output<typeof certificateWish>,
): Promise<NewCertificate> {
  const source = await requireSource(principal.organizationId, sourceId);
  if (source.kind !== "sudo")
    throw new Problem(
      409,
      `${source.name} is of kind ${source.kind}: certificates are for sources of kind sudo.`,
    );
  return make(principal, source, wish, undefined);
}

/**
 * Issues a certificate under the same name in place of another, which stays good for a week at most.
 * @throws Problem 404 when there is none, 409 when it is revoked or was replaced already
 */
export async function renewCertificate(
  principal: Principal,
  sourceId: string,
  id: string,
  { days, reason }: z.output<typeof certificateRenewal>,
): Promise<NewCertificate> {
  const source = await requireSource(principal.organizationId, sourceId);
  const before = await requireCertificate(principal.organizationId, sourceId, id);
  refuseOver(before);
  return make(principal, source, { name: before.name, days }, { before, reason });
}

/**
 * Revokes a certificate: connections under it end within a second, and new ones are refused.
 * @throws Problem 404 when there is none, 409 when it is revoked already
 */
export async function revokeCertificate(
  principal: Principal,
  sourceId: string,
  id: string,
  reason: string,
): Promise<void> {
  const { name: sourceName } = await requireSource(principal.organizationId, sourceId);
  const before = await requireCertificate(principal.organizationId, sourceId, id);
  if (before.revokedAt !== null) throw revokedAlready(before);
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "certificate:deletion",
      target: { name: before.name, id },
      custom: { reason, source: { id: sourceId, name: sourceName } },
      original: stateOf(before),
      updated: { ...stateOf(before), revoked: true },
    },
    async (client) => {
      const changed = await client.query(
        "UPDATE source_certificates SET revoked_at = now() WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL",
        [principal.organizationId, id],
      );
      if (changed.rowCount !== 1) throw revokedAlready(before);
    },
  );
}

type Source = { id: string; name: string; kind: string };

async function make(
  principal: Principal,
  source: Source,
  { name, days }: z.output<typeof certificateWish>,
  replaced: { before: CertificateLine; reason: string | undefined } | undefined,
): Promise<NewCertificate> {
  const id = uuidv7();
  const { before, reason } = replaced ?? {};
  const authority = await authorityCertificate();
  const { identity, fingerprint, endsAt } = await clientIdentity(name, days);
  const made = { id, name, fingerprint, endsAt: endsAt.toISOString() };
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: before ? "certificate:renewal" : "certificate:creation",
      target: { name, id },
      custom: {
        source: { id: source.id, name: source.name },
        ...(before && { replaces: { id: before.id, fingerprint: before.fingerprint } }),
        ...(reason !== undefined && { reason }),
      },
      ...(before && { original: stateOf(before) }),
      updated: made,
    },
    async (client) => {
      await client.query(
        `INSERT INTO source_certificates (id, organization_id, source_id, name, fingerprint, created_by, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, principal.organizationId, source.id, name, fingerprint, principal.email, endsAt],
      );
      if (!before) return;
      const changed = await client.query(
        `UPDATE source_certificates SET replaced_by = $3, ends_at = least(ends_at, now() + $4 * interval '1 day')
         WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL AND replaced_by IS NULL`,
        [principal.organizationId, before.id, id, replacedDays],
      );
      if (changed.rowCount !== 1) throw new Problem(409, `The certificate ${name} was changed meanwhile.`);
    },
  );
  return { ...made, certificate: identity.certificate, key: identity.key, authority };
}

function refuseOver(before: CertificateLine): void {
  if (before.revokedAt !== null) throw revokedAlready(before);
  if (before.replacedBy !== null)
    throw new Problem(409, `Another certificate was made in place of ${before.name} already.`);
}

function revokedAlready({ name }: CertificateLine): Problem {
  return new Problem(409, `The certificate ${name} is revoked already.`);
}

function stateOf({ id, name, fingerprint, endsAt }: CertificateLine) {
  return { id, name, fingerprint, endsAt };
}

async function requireSource(organizationId: string, id: string): Promise<Source> {
  const found = await pool().query<Source>(
    "SELECT id, name, kind FROM sources WHERE organization_id = $1 AND id = $2 AND kind NOT IN ('daybook', 'audit-csv')",
    [organizationId, id],
  );
  const [row] = found.rows;
  if (!row) throw notFound("There is no such source.");
  return row;
}

async function requireCertificate(
  organizationId: string,
  sourceId: string,
  id: string,
): Promise<CertificateLine> {
  const found = await pool().query<CertificateLine>(
    `SELECT ${line} FROM source_certificates WHERE organization_id = $1 AND source_id = $2 AND id = $3`,
    [organizationId, sourceId, id],
  );
  const [row] = found.rows;
  if (!row) throw notFound("There is no such certificate.");
  return row;
}
