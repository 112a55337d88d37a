import "server-only";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { ensurePartitions, notifyFollowers } from "@/lib/record/server/insert.ts";
import { contextOf, type PreparedRecord, prepareRecord } from "./prepare.ts";
import { toIngestSource } from "./sources.ts";
import { writeRows } from "./store.ts";

type Held = {
  record_id: string | null;
  received: string;
  raw: Buffer;
  id: string;
  organization_id: string;
  name: string;
  kind: string;
  settings: { [name: string]: string };
};

/**
 * Tries a quarantined record again: with today's mapping it becomes rows with the time of its first receipt.
 * @throws Problem 404 when it is not open, 409 with the reason when it still cannot be understood
 */
export async function replayQuarantined(organizationId: string, id: string, by: string): Promise<number> {
  const held = await readHeld(organizationId, id);
  const source = held && toIngestSource(held);
  if (!held || !source) throw notFound("There is no such record in quarantine.");
  const context = contextOf(source, held.received);
  const prepared = source.kind
    .split(held.raw, context)
    .records.map((record, index) => prepareRecord(source, context, record, `replay:${id}:${index + 1}`))
    .map((record) => ({ ...record, id: held.record_id ?? record.id }) as PreparedRecord);
  const refused = prepared.find(({ rejected }) => rejected !== undefined);
  if (refused || prepared.length === 0) {
    throw new Problem(409, `The record still cannot be understood: ${refused?.rejected ?? "nothing can be read in it"}.`);
  }
  for (const { rows = [] } of prepared) for (const { log, row } of rows) await ensurePartitions(log, [row.time]);
  return inTransaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`source ${source.id}`]);
    const taken = await client.query(
      `UPDATE quarantined_records SET state = 'replayed', resolved_at = $3, resolved_by = $4
       WHERE organization_id = $1 AND id = $2 AND state = 'open'`,
      [organizationId, id, nowInstant(), by],
    );
    if (taken.rowCount !== 1) throw notFound("There is no such record in quarantine.");
    const logs = await writeRows(
      client,
      source,
      prepared.map((record) => ({ record, receivedAt: held.received })),
    );
    await notifyFollowers(client, organizationId, logs);
    return prepared.reduce((rows, record) => rows + (record.rows?.length ?? 0), 0);
  });
}

async function readHeld(organizationId: string, id: string): Promise<Held | undefined> {
  const found = await pool().query<Held>(
    `SELECT q.source_record_id AS record_id, q.raw, s.id, s.organization_id, s.name, s.kind, s.settings,
       to_char(q.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received
     FROM quarantined_records q JOIN sources s ON s.id = q.source_id
     WHERE q.organization_id = $1 AND q.id = $2 AND q.state = 'open'`,
    [organizationId, id],
  );
  return found.rows[0];
}

/** Marks a quarantined record as seen and of no account; its bytes stay. @throws Problem 404 */
export async function dismissQuarantined(organizationId: string, id: string, by: string): Promise<void> {
  const changed = await pool().query(
    `UPDATE quarantined_records SET state = 'dismissed', resolved_at = $3, resolved_by = $4
     WHERE organization_id = $1 AND id = $2 AND state = 'open'`,
    [organizationId, id, nowInstant(), by],
  );
  if (changed.rowCount !== 1) throw notFound("There is no such record in quarantine.");
}
