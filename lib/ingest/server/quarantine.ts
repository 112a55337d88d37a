import "server-only";
import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import { storable } from "@/lib/record/text.ts";
import { portions } from "./portions.ts";
import type { IngestSource, PreparedRecord } from "./prepare.ts";

/** A record that makes no rows, and why; `idTaken`: another record has its id and other content. */
export type HeldBack = { record: PreparedRecord; receivedAt: string; reason: string; idTaken: boolean };

/** A post of a kind that keeps nothing back; nothing of it was stored. */
export class HeldBackError extends Error {
  override name = "HeldBackError";
  constructor(readonly held: readonly HeldBack[]) {
    super(`${held.length} records of a post cannot be stored`);
  }
}

/** @param eventTaken another event of the organization has the Id of the record's */
export function heldBack(
  record: PreparedRecord,
  receivedAt: string,
  idTaken: boolean,
  eventTaken = false,
): HeldBack {
  const taken = [
    ...(idTaken ? [`another record has the id ${record.id} and other content`] : []),
    ...(eventTaken ? [eventTakenText(record)] : []),
  ];
  const unclear = record.rejected === undefined ? [] : [record.rejected];
  return { record, receivedAt, reason: [...taken, ...unclear].join("; "), idTaken };
}

/** Names the Id that an audit event shares with another one. */
export function eventTakenText({ rows = [] }: PreparedRecord): string {
  const ids = rows.flatMap((draft) => (draft.log === "audit-log" ? [draft.row.eventId ?? ""] : []));
  return `eventId: another event of this organization has the Id ${ids.join(", ")} and other content`;
}

/**
 * Keeps records that cannot be stored as rows, with the reason. The same bytes under the same id
 * are kept once, whatever became of them, so that a retry adds nothing and what was replayed does not come back.
 */
export async function quarantine(
  client: ClientBase,
  source: IngestSource,
  held: readonly HeldBack[],
): Promise<void> {
  for (const portion of portions(held, ({ record }) => record.raw.length)) {
    await quarantinePortion(client, source, portion);
  }
}

async function quarantinePortion(
  client: ClientBase,
  source: IngestSource,
  held: readonly HeldBack[],
): Promise<void> {
  await client.query(
    `INSERT INTO quarantined_records (id, organization_id, source_id, source_record_id, received_at, reason, id_taken, raw)
     SELECT DISTINCT ON (record_id, raw) id, $1::uuid, $2::uuid, record_id, received_at, reason, id_taken, raw
     FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::boolean[], $8::bytea[])
       AS q (id, record_id, received_at, reason, id_taken, raw)
     WHERE NOT EXISTS (SELECT FROM quarantined_records k WHERE k.organization_id = $1 AND k.source_id = $2
       AND k.source_record_id = q.record_id AND k.raw = q.raw)`,
    [
      source.organizationId,
      source.id,
      held.map(() => uuidv7()),
      held.map(({ record }) => record.id),
      held.map(({ receivedAt }) => receivedAt),
      held.map(({ reason }) => storable(reason).slice(0, 2000)),
      held.map(({ idTaken }) => idTaken),
      held.map(({ record }) => Buffer.from(record.raw)),
    ],
  );
}
