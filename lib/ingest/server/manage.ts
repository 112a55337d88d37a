import "server-only";
import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import { newToken } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import {
  type QuarantineLine,
  quarantineBytes,
  quarantinePage,
  type SourceHealthLine,
} from "../source-line.ts";

/** The sources of an organization with their health, by name; Daybook's own source is left out. */
export async function listSources(organizationId: string): Promise<SourceHealthLine[]> {
  const found = await pool().query<SourceHealthLine>(
    `SELECT s.id, s.name, s.kind, s.settings, s.token_prefix AS "tokenPrefix", ${utcText("s.created_at")} AS "createdAt",
       CASE WHEN s.disabled_at IS NOT NULL THEN 'stopped' WHEN h.last_received_at IS NULL THEN 'never'
         WHEN h.last_received_at > now() - interval '5 minutes' THEN 'receiving' ELSE 'quiet' END AS state,
       ${utcText("s.disabled_at")} AS "disabledAt", ${utcText("h.last_received_at")} AS "lastReceivedAt",
       ${utcText("h.last_record_time")} AS "lastRecordTime",
       coalesce(h.accepted, 0)::double precision AS accepted, coalesce(h.duplicates, 0)::double precision AS duplicates,
       coalesce(h.skipped, 0)::double precision AS skipped,
       (SELECT coalesce(sum(m.accepted), 0) / 5.0 FROM source_minutes m WHERE m.source_id = s.id
         AND m.minute >= date_trunc('minute', now()) - interval '5 minutes' AND m.minute < date_trunc('minute', now())
       )::double precision AS "perMinute",
       (SELECT count(*) FROM quarantined_records q WHERE q.organization_id = s.organization_id AND q.source_id = s.id
         AND q.state = 'open')::double precision AS quarantined
     FROM sources s LEFT JOIN source_health h ON h.source_id = s.id
     WHERE s.organization_id = $1 AND s.kind NOT IN ('daybook', 'audit-csv') ORDER BY s.name`,
    [organizationId],
  );
  return found.rows;
}

/**
 * Makes a source within the caller's transaction.
 * @param deploymentTokenId by which a host makes itself one
 * @returns its id and its token, which is not kept
 */
export async function createSource(
  client: ClientBase,
  organizationId: string,
  { name, kind, settings }: { name: string; kind: string; settings: { [name: string]: string } },
  deploymentTokenId: string | null = null,
): Promise<{ id: string; token: string; tokenPrefix: string }> {
  const id = uuidv7();
  const { token, shownPrefix, hash } = newToken("dbs_");
  await client.query(
    `INSERT INTO sources (id, organization_id, name, kind, settings, token_prefix, token_hash, deployment_token_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, organizationId, name, kind, settings, shownPrefix, hash, deploymentTokenId],
  );
  return { id, token, tokenPrefix: shownPrefix };
}

/** Gives a source a new token; the old one is refused within a second. @returns null when there is no such source */
export async function renewSourceToken(
  client: ClientBase,
  organizationId: string,
  id: string,
): Promise<{ token: string; tokenPrefix: string } | null> {
  const { token, shownPrefix, hash } = newToken("dbs_");
  const changed = await client.query(
    "UPDATE sources SET token_prefix = $3, token_hash = $4 WHERE organization_id = $1 AND id = $2 AND kind NOT IN ('daybook', 'audit-csv')",
    [organizationId, id, shownPrefix, hash],
  );
  return changed.rowCount === 1 ? { token, tokenPrefix: shownPrefix } : null;
}

/** Gives a source other settings, for what it posts from now on and what is replayed. */
export async function setSourceSettings(
  client: ClientBase,
  organizationId: string,
  id: string,
  settings: { [name: string]: string },
): Promise<boolean> {
  const changed = await client.query(
    "UPDATE sources SET settings = $3 WHERE organization_id = $1 AND id = $2 AND kind NOT IN ('daybook', 'audit-csv')",
    [organizationId, id, settings],
  );
  return changed.rowCount === 1;
}

/** Stops or resumes a source: its records stay, its token is refused while stopped. */
export async function setSourceDisabled(
  client: ClientBase,
  organizationId: string,
  id: string,
  disabled: boolean,
): Promise<boolean> {
  const changed = await client.query(
    `UPDATE sources SET disabled_at = CASE WHEN $3 THEN now() END
     WHERE organization_id = $1 AND id = $2 AND kind NOT IN ('daybook', 'audit-csv')`,
    [organizationId, id, disabled],
  );
  return changed.rowCount === 1;
}

/** Open quarantined records of a source, newest first. */
export async function listQuarantine(organizationId: string, sourceId: string): Promise<QuarantineLine[]> {
  const found = await pool().query<Omit<QuarantineLine, "raw" | "rawEncoding"> & { raw: Buffer }>(
    `SELECT id, ${utcText("received_at")} AS "receivedAt", reason, state, source_record_id AS "recordId", id_taken AS "idTaken",
       substr(raw, 1, ${quarantineBytes}) AS raw, octet_length(raw) AS bytes
     FROM quarantined_records WHERE organization_id = $1 AND source_id = $2 AND state = 'open'
     ORDER BY received_at DESC, id DESC LIMIT ${quarantinePage}`,
    [organizationId, sourceId],
  );
  return found.rows.map(({ raw, ...line }) => ({ ...line, ...shownBytes(raw) }));
}

/** Bytes as text where they are text; a letter that the cut went through is left out. */
function shownBytes(bytes: Buffer): { raw: string; rawEncoding: "utf8" | "base64" } {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { raw: decoder.decode(bytes, { stream: bytes.length === quarantineBytes }), rawEncoding: "utf8" };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { raw: bytes.toString("base64"), rawEncoding: "base64" };
  }
}
