import "server-only";
import type { ClientBase } from "pg";
import type { PreparedRecord } from "./prepare.ts";

const lockSql = "pg_advisory_xact_lock(hashtextextended('source ' || $1::uuid, 0))";

/** Lets the writers of a source take turns: waits until the transactions of the others have ended. */
export async function lockSource(client: ClientBase, sourceId: string): Promise<void> {
  await client.query(`SELECT ${lockSql}`, [sourceId]);
}

export type Verdict = "new" | "duplicate" | "conflict";

/**
 * Locks the source until the caller's transaction ends, and decides for each record whether it is new, was
 * seen before, or has the id of another record: the answer stays true as long as the lock.
 */
export async function judgeRecords(
  client: ClientBase,
  sourceId: string,
  records: readonly PreparedRecord[],
  receivedAt: string,
): Promise<Verdict[]> {
  const first = new Map<string, PreparedRecord>();
  for (const record of records) if (!first.has(record.id)) first.set(record.id, record);
  const ids = [...first.keys()];
  const hashes = [...first.values()].map(({ hash }) => hash);
  const inserted = await client.query<{ record_id: string }>({
    name: "judge records",
    text: judgeSql,
    values: [sourceId, ids, hashes, receivedAt],
  });
  const fresh = new Set(inserted.rows.map((row) => row.record_id));
  const known = await knownHashes(
    client,
    sourceId,
    ids.filter((id) => !fresh.has(id)),
  );
  return records.map((record) => verdictOf(record, first, fresh, known));
}

/** Writes receipts of their own for names that a record told. @returns those that had none */
export async function claimNames(
  client: ClientBase,
  sourceId: string,
  names: ReadonlyMap<string, Buffer>,
): Promise<Set<string>> {
  const inserted = await client.query<{ record_id: string }>(
    `INSERT INTO record_receipts (source_id, record_id, content_hash)
     SELECT $1, name, hash FROM unnest($2::text[], $3::bytea[]) AS r (name, hash)
     ON CONFLICT DO NOTHING RETURNING record_id`,
    [sourceId, [...names.keys()], [...names.values()]],
  );
  return new Set(inserted.rows.map((row) => row.record_id));
}

/** @param first of each id, what others with the same id are held against @param fresh ids that had no receipt @param known the receipts of the others */
export function verdictOf(
  record: PreparedRecord,
  first: ReadonlyMap<string, PreparedRecord>,
  fresh: ReadonlySet<string>,
  known: ReadonlyMap<string, Buffer>,
): Verdict {
  if (fresh.has(record.id) && first.get(record.id) === record) return "new";
  const hash = fresh.has(record.id) ? first.get(record.id)?.hash : known.get(record.id);
  return hash?.equals(record.hash) ? "duplicate" : "conflict";
}

/**
 * No row is inserted before the lock is held: each is joined with it. The conflict is looked for in the index
 * itself, so it does not matter that the statement began before the lock was free.
 */
const judgeSql = `WITH locked AS MATERIALIZED (SELECT ${lockSql})
  INSERT INTO record_receipts (source_id, record_id, content_hash, received_at)
  SELECT $1::uuid, r.id, r.hash, $4::timestamptz FROM locked, unnest($2::text[], $3::bytea[]) AS r (id, hash)
  ON CONFLICT DO NOTHING RETURNING record_id`;

/** The hashes of those ids that have a receipt. */
export async function knownHashes(
  client: ClientBase,
  sourceId: string,
  ids: string[],
): Promise<Map<string, Buffer>> {
  if (ids.length === 0) return new Map();
  const found = await client.query<{ record_id: string; content_hash: Buffer }>(
    "SELECT record_id, content_hash FROM record_receipts WHERE source_id = $1 AND record_id = ANY($2)",
    [sourceId, ids],
  );
  return new Map(found.rows.map((row) => [row.record_id, row.content_hash]));
}
