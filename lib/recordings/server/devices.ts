import "server-only";
import { createHash } from "node:crypto";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { createSource } from "@/lib/ingest/server/manage.ts";

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

export type Claim = "claimed" | "mine" | "taken";

/** Binds an install id to a person: what it uploads is theirs from then on. */
export async function claimDevice(
  { organizationId, userId }: { organizationId: string; userId: string },
  installId: string,
  name: string,
): Promise<Claim> {
  return await inTransaction(async (client) => {
    const hash = hashOf(installId);
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('devices ' || $1, 0))", [
      organizationId,
    ]);
    const known = await client.query<{ mine: boolean }>(
      "SELECT user_id = $2 AND revoked_at IS NULL AS mine FROM devices WHERE install_hash = $1",
      [hash, userId],
    );
    if (known.rows[0]) return known.rows[0].mine ? "mine" : "taken";
    const source = await client.query<{ id: string }>(
      "SELECT id FROM sources WHERE organization_id = $1 AND kind = 'recordings' AND name = 'asciinema'",
      [organizationId],
    );
    const sourceId =
      source.rows[0]?.id ??
      (await createSource(client, organizationId, { name: "asciinema", kind: "recordings", settings: {} }))
        .id;
    await client.query(
      `INSERT INTO devices (id, organization_id, user_id, source_id, install_hash, name)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [uuidv7(), organizationId, userId, sourceId, hash, name],
    );
    return "claimed";
  });
}
