import "server-only";
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { inTransaction, pool } from "@/lib/db/client.ts";
import type { IngestKind, Mapped } from "@/lib/ingest/define.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";

/** The kind of the source that imported rows are of. It takes no posts, so it is none of the kinds that one can make. */
const auditCsv: IngestKind = {
  name: "audit-csv",
  title: "Audit log import",
  description: "Rows of CSV files that a superuser imported into the audit log.",
  mediaTypes: ["text/csv"],
  hasIds: "always",
  connectionRefs: "unique",
  wholeOnly: true,
  split: () => {
    throw new Error("Files are read by the import");
  },
  map: (record) => record.value as Mapped,
  instructions: [],
};

const name = "Audit log import";

/** The organization's source of imported rows, made with its first import. */
export async function importSource(organizationId: string): Promise<IngestSource> {
  const id = (await findId(organizationId)) ?? (await makeSource(organizationId));
  return { ...sourceToCheck(organizationId), id };
}

/** The same without an id, for rows that are looked at and not stored. */
export function sourceToCheck(organizationId: string): IngestSource {
  return { id: "", organizationId, name, kind: auditCsv, settings: {} };
}

async function findId(organizationId: string): Promise<string | undefined> {
  const found = await pool().query<{ id: string }>(
    "SELECT id FROM sources WHERE organization_id = $1 AND kind = $2",
    [organizationId, auditCsv.name],
  );
  return found.rows[0]?.id;
}

/** Its token is nobody's; a source of somebody's that has the name already keeps it. */
async function makeSource(organizationId: string): Promise<string> {
  return inTransaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('import source ' || $1::uuid, 0))", [
      organizationId,
    ]);
    const found = await client.query<{ id: string }>(
      `WITH known AS (SELECT id FROM sources WHERE organization_id = $1 AND kind = $2),
         made AS (
           INSERT INTO sources (id, organization_id, name, kind, token_prefix, token_hash)
           SELECT $3::uuid, $1, $4::text || CASE WHEN EXISTS (SELECT FROM sources WHERE organization_id = $1 AND name = $4)
             THEN ' ' || $3::uuid ELSE '' END, $2, '', $5
           WHERE NOT EXISTS (SELECT FROM known) RETURNING id
         )
       SELECT id FROM known UNION ALL SELECT id FROM made`,
      [organizationId, auditCsv.name, uuidv7(), name, randomBytes(32)],
    );
    const id = found.rows[0]?.id;
    if (id === undefined) throw new Error(`Organization ${organizationId} got no source for imports`);
    return id;
  });
}
