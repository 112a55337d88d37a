import "server-only";
import type { ClientBase } from "pg";
import { insertRecords, type RecordRow } from "@/lib/record/server/insert.ts";
import type { RecordLog } from "../rows.ts";
import { Slices } from "./turns.ts";

/** What one statement takes at most: turning more into its bytes would keep the event loop too long. */
const mostItems = 1000;
const mostBytes = 1024 * 1024;

/** Cuts rows into portions for one statement each; a row that is larger than a portion has one to itself. */
export function* portions<Item>(items: readonly Item[], bytesOf: (item: Item) => number): Generator<Item[]> {
  let start = 0;
  let bytes = 0;
  for (const [place, item] of items.entries()) {
    const size = bytesOf(item);
    if (place > start && (place - start === mostItems || bytes + size > mostBytes)) {
      yield items.slice(start, place);
      start = place;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < items.length) yield items.slice(start);
}

/** Makes the next portion ready while the database writes one; few wait, so that memory stays bounded. */
export async function insertPortions(
  client: ClientBase,
  log: RecordLog,
  rows: readonly RecordRow[],
): Promise<void> {
  let before = Promise.resolve();
  const slices = new Slices();
  for (const portion of portions(rows, ({ raw }) => raw.length)) {
    const rest = slices.rest();
    if (rest) await rest;
    const next = insertRecords(client, log, portion);
    // It is awaited a portion later; until then a failure of its own is not one that nobody caught.
    next.catch(() => undefined);
    await before;
    before = next;
  }
  await before;
}
