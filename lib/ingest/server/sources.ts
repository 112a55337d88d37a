import "server-only";
import { tokenHash } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { ingestKind, isIngestKind } from "../kinds.ts";
import type { IngestSource } from "./prepare.ts";

type Known = { source: IngestSource | undefined; until: number };

/** A token that was disabled or revoked is refused at the latest after this time. */
const rememberedMs = 500;
const known = new Map<string, Known>();
const mostKnown = 10_000;

/** The source whose token this is, or undefined when there is none that may post. */
export async function findSource(token: string): Promise<IngestSource | undefined> {
  const hash = tokenHash(token);
  const key = hash.toString("base64");
  const now = performance.now();
  const entry = known.get(key);
  if (entry && entry.until > now) return entry.source;
  const source = await readSource(hash);
  if (known.size > mostKnown) known.clear();
  known.set(key, { source, until: now + rememberedMs });
  return source;
}

type SourceRow = {
  id: string;
  organization_id: string;
  name: string;
  kind: string;
  settings: { [name: string]: string };
};

async function readSource(hash: Buffer): Promise<IngestSource | undefined> {
  const found = await pool().query<SourceRow>(
    "SELECT id, organization_id, name, kind, settings FROM sources WHERE token_hash = $1 AND disabled_at IS NULL",
    [hash],
  );
  return found.rows[0] && toIngestSource(found.rows[0]);
}

/** A source that may post, by its id. */
export async function readSourceById(organizationId: string, id: string): Promise<IngestSource | undefined> {
  const found = await pool().query<SourceRow>(
    `SELECT id, organization_id, name, kind, settings FROM sources
     WHERE organization_id = $1 AND id = $2 AND disabled_at IS NULL`,
    [organizationId, id],
  );
  return found.rows[0] && toIngestSource(found.rows[0]);
}

/** A stored source with its kind, or undefined when it is of no kind that takes posts. */
export function toIngestSource(row: SourceRow): IngestSource | undefined {
  if (!isIngestKind(row.kind)) return undefined;
  const { id, organization_id: organizationId, name, settings } = row;
  return { id, organizationId, name, settings, kind: ingestKind(row.kind) };
}
