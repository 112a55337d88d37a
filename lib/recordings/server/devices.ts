import "server-only";
import { createHash } from "node:crypto";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { createSource } from "@/lib/ingest/server/manage.ts";
import type { ClaimState, DeviceLine } from "../device.ts";

/** A machine's asciinema installation, with the person who claimed it. */
export type Device = { id: string; organizationId: string; sourceId: string; email: string; name: string };

/** The install id is the credential, so only its hash is kept. */
function hashOf(installId: string): Buffer {
  return createHash("sha256").update(installId.toLowerCase()).digest();
}

/** The device of an install id; undefined when nobody claimed it, it was revoked or its person is disabled. */
export async function findDevice(installId: string): Promise<Device | undefined> {
  if (!isUuid(installId)) return undefined;
  const found = await pool().query<Device>(
    `UPDATE devices d SET last_used_at = now() FROM users u
     WHERE d.install_hash = $1 AND d.revoked_at IS NULL AND u.id = d.user_id AND u.status = 'active'
     RETURNING d.id, d.organization_id AS "organizationId", d.source_id AS "sourceId", u.email, d.name`,
    [hashOf(installId)],
  );
  return found.rows[0];
}

/** Whose an install id is, as this person may know it. One that was revoked is nobody's again, ever. */
export async function stateOfInstall({ userId }: Principal, installId: string): Promise<ClaimState> {
  const known = await pool().query<{ mine: boolean }>(
    "SELECT user_id = $2 AND revoked_at IS NULL AS mine FROM devices WHERE install_hash = $1",
    [hashOf(installId), userId],
  );
  const [device] = known.rows;
  if (!device) return "free";
  return device.mine ? "mine" : "taken";
}

/**
 * Binds an install id to a person: what it uploads is theirs from then on. Their own one stays as it is.
 * @throws Problem 409 when it is somebody else's, or was revoked
 */
export async function claimDevice(
  principal: Principal,
  { installId, name }: { installId: string; name: string },
): Promise<"claimed" | "mine"> {
  const state = await stateOfInstall(principal, installId);
  if (state === "mine") return "mine";
  const { organizationId, userId } = principal;
  const id = uuidv7();
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "device:creation",
      target: { name, id },
      custom: { requestId: principal.requestId },
      updated: { name, owner: principal.email },
    },
    async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('devices ' || $1, 0))", [
        organizationId,
      ]);
      const source = await client.query<{ id: string }>(
        "SELECT id FROM sources WHERE organization_id = $1 AND kind = 'recordings' AND name = 'asciinema'",
        [organizationId],
      );
      const sourceId =
        source.rows[0]?.id ??
        (await createSource(client, organizationId, { name: "asciinema", kind: "recordings", settings: {} }))
          .id;
      const made = await client.query(
        `INSERT INTO devices (id, organization_id, user_id, source_id, install_hash, name)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (install_hash) DO NOTHING`,
        [id, organizationId, userId, sourceId, hashOf(installId), name],
      );
      if (made.rowCount === 0)
        throw new Problem(409, "This installation belongs to somebody else, or was revoked.");
    },
  );
  return "claimed";
}

/** The caller's own devices, newest first. */
export async function listDevices({ organizationId, userId }: Principal): Promise<DeviceLine[]> {
  const utc = (column: string, name: string) =>
    `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "${name}"`;
  const found = await pool().query<DeviceLine>(
    `SELECT id, name, ${utc("created_at", "createdAt")}, ${utc("last_used_at", "lastUsedAt")}, ${utc("revoked_at", "revokedAt")}
     FROM devices WHERE organization_id = $1 AND user_id = $2 ORDER BY created_at DESC, id DESC`,
    [organizationId, userId],
  );
  return found.rows;
}

/**
 * Revokes a device of the caller's: its next upload is refused, and nobody can claim its install id again.
 * @throws Problem 404, or 409 when it is revoked already
 */
export async function revokeDevice(principal: Principal, id: string, reason: string): Promise<void> {
  const { organizationId, userId, email } = principal;
  const found = await pool().query<{ name: string }>(
    "SELECT name FROM devices WHERE organization_id = $1 AND user_id = $2 AND id = $3",
    [organizationId, userId, id],
  );
  const [device] = found.rows;
  if (!device) throw notFound("There is no such device.");
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "device:deletion",
      target: { name: device.name, id },
      custom: { requestId: principal.requestId, reason },
      original: { name: device.name, owner: email, revoked: false },
      updated: { name: device.name, owner: email, revoked: true },
    },
    async (client) => {
      const revoked = await client.query(
        "UPDATE devices SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
        [id],
      );
      if (revoked.rowCount !== 1) throw new Problem(409, "The device is revoked already.");
    },
  );
}
