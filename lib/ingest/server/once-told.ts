import "server-only";
import type { ClientBase } from "pg";
import type { PreparedRecord } from "./prepare.ts";
import { claimNames } from "./receipts.ts";
import type { ReceiptsAhead } from "./receipts-ahead.ts";

/**
 * Leaves out rows that an earlier record has told already (see `once` of a draft). What was told is kept
 * beside the receipts of records, under a name that no record's id can have.
 */
export async function leaveOutTold<Entry extends { record: PreparedRecord; receivedAt: string }>(
  client: ClientBase,
  sourceId: string,
  accepted: readonly Entry[],
  ahead: ReceiptsAhead | undefined,
): Promise<readonly Entry[]> {
  const told = new Map<string, PreparedRecord>();
  for (const { record } of accepted) {
    for (const { once } of record.rows ?? [])
      if (once !== undefined && !told.has(once)) told.set(once, record);
  }
  if (told.size === 0) return accepted;
  const names = new Map([...told].map(([once, { hash }]) => [receiptOf(once), hash]));
  const fresh = await (ahead ? ahead.claim(names) : claimNames(client, sourceId, names));
  const isFirst = (record: PreparedRecord, once: string): boolean =>
    fresh.has(receiptOf(once)) && told.get(once) === record;
  return accepted.map((entry) => {
    const { record } = entry;
    if (!record.rows) return entry;
    const rows = record.rows.filter(({ once }) => once === undefined || isFirst(record, once));
    return rows.length === record.rows.length ? entry : { ...entry, record: { ...record, rows } };
  });
}

const receiptOf = (once: string): string => `once\u241F${once}`;
