import "server-only";
import { once } from "node:events";
import type { ClientBase } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { v7 as uuidv7 } from "uuid";
import { inTransaction, pool } from "@/lib/db/client.ts";
import type { DraftOf, RecordLog } from "@/lib/ingest/rows.ts";
import { sha256 } from "../canonical.ts";
import { nowInstant } from "../clock.ts";
import { type Resolved, recordColumns, recordTables, type SqlType, sqlName } from "../columns.ts";

/** One row of the record on its way into its table. */
export type RecordRow<L extends RecordLog = RecordLog> = Resolved & {
  /** UUIDv7. */
  id: string;
  organizationId: string;
  /** Receipt, UTC with microseconds; the time of occurrence is `row.time`. */
  receivedAt: string;
  sourceId: string;
  sourceRecordId: string;
  /** The record as received, secrets masked. */
  raw: Uint8Array;
  /** SHA-256 of `raw`. */
  contentHash: Uint8Array;
  row: DraftOf<L>;
};

const stageRanks: { [stage: string]: number } = {
  RequestReceived: 0,
  ResponseStarted: 1,
  ResponseComplete: 2,
  Panic: 2,
};

/** What stands in a column that no draft has: reckoned from the row. */
function derived(log: RecordLog, entry: RecordRow): { [field: string]: unknown } {
  const { connectionId, commandId, id, organizationId, row } = entry;
  const given: { [field: string]: unknown } = { ...row, connectionId, commandId };
  if (log === "kubernetes-api-calls") {
    const { stage, status, groups } = row as DraftOf<"kubernetes-api-calls">;
    given["stageRank"] = stageRanks[stage];
    given["groups"] = groups?.join(", ");
    given["outcome"] = callOutcome(status);
  }
  if (log === "audit-log") {
    given["eventId"] ??= id;
    given["tenantId"] ??= organizationId;
    given["category"] ??= "";
  }
  return given;
}

/** 401 and 403 are denied, other codes from 400 are failures, a call without a code is pending. */
export function callOutcome(status: number | undefined): "success" | "failure" | "denied" | "pending" {
  if (status === undefined) return "pending";
  if (status === 401 || status === 403) return "denied";
  return status >= 400 ? "failure" : "success";
}

/**
 * Writes rows of one log within the caller's transaction, in the order given, by COPY. The months of
 * their times must have partitions: call {@link ensurePartitions} first, outside the transaction.
 */
export async function insertRecords<L extends RecordLog>(
  client: ClientBase,
  log: L,
  rows: readonly RecordRow<L>[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries<SqlType>(recordColumns[log]);
  const names = [
    ...[
      "organization_id",
      "time",
      "id",
      "received_at",
      "source_id",
      "source_record_id",
      "content_hash",
      "raw",
    ],
    ...columns.map(([field]) => sqlName(field)),
  ];
  let text = "";
  for (const entry of rows) {
    const fields = derived(log, entry);
    text += `${entry.organizationId}\t${entry.row.time}\t${entry.id}\t${entry.receivedAt}\t${entry.sourceId}\t`;
    text += `${copyText(entry.sourceRecordId)}\t${copyBytes(entry.contentHash)}\t${copyBytes(entry.raw)}`;
    for (const [field, type] of columns) text += `\t${copyValue(fields[field], type)}`;
    text += "\n";
  }
  await copyInto(client, `COPY ${recordTables[log]} (${names.join(", ")}) FROM STDIN`, text);
}

/** Runs a `COPY … FROM STDIN` in text format. */
export async function copyInto(client: ClientBase, sql: string, text: string): Promise<void> {
  const stream = client.query(copyFrom(sql));
  const done = once(stream, "finish");
  stream.end(text);
  await done;
}

function copyValue(value: unknown, type: SqlType): string {
  if (value === undefined || value === null) return "\\N";
  if (type === "json") return copyText(JSON.stringify(value));
  return typeof value === "string" ? copyText(value) : String(value);
}

const special = /[\\\t\n\r\0]/;
const escapes: { [character: string]: string } = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  // PostgreSQL's text cannot hold NUL; its picture stands for it, the raw record keeps the byte.
  "\0": "\u2400",
};

/** A text in COPY's text format. */
export function copyText(value: string): string {
  return special.test(value)
    ? value.replace(/[\\\t\n\r\0]/g, (character) => escapes[character] ?? "")
    : value;
}

/** Bytes in COPY's text format. */
export function copyBytes(bytes: Uint8Array): string {
  return `\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

const ensured = new Set<string>();

/** The earliest time the record takes, and how many days ahead of the clock a source may be. */
export const earliestTime = "1990-01-01T00:00:00.000000Z";
export const futureDays = 366;

/** Makes the monthly partitions that times of a log need. Not within a transaction that writes. */
export async function ensurePartitions(log: RecordLog, times: Iterable<string>): Promise<void> {
  const table = recordTables[log];
  const months = new Set<string>();
  for (const time of times) months.add(time.slice(0, 7));
  for (const month of months) {
    const key = `${table} ${month}`;
    if (ensured.has(key)) continue;
    await pool().query("SELECT ensure_partition($1, $2::date)", [table, `${month}-01`]);
    ensured.add(key);
  }
}

/** A row for what Daybook itself records: the raw bytes are the draft as JSON. */
export function ownRecord<L extends RecordLog>(
  organizationId: string,
  sourceId: string,
  row: DraftOf<L>,
): RecordRow<L> {
  const id = uuidv7();
  const raw = Buffer.from(JSON.stringify(row), "utf8");
  return {
    id,
    organizationId,
    receivedAt: nowInstant(),
    sourceId,
    sourceRecordId: id,
    raw,
    contentHash: sha256(raw),
    row,
  };
}

/** The id of the source that stands for Daybook itself in an organization; made with the organization. */
export async function ownSourceId(organizationId: string): Promise<string> {
  const known = ownSources.get(organizationId);
  if (known !== undefined) return known;
  const found = await pool().query<{ id: string }>(
    "SELECT id FROM sources WHERE organization_id = $1 AND kind = 'daybook'",
    [organizationId],
  );
  const id = found.rows[0]?.id;
  if (id === undefined) throw new Error(`Organization ${organizationId} has no source of kind daybook`);
  ownSources.set(organizationId, id);
  return id;
}

const ownSources = new Map<string, string>();

/** The channel that tells followers which logs of which organization got rows: once per commit. */
export const recordChannel = "daybook_record";

/** Tells followers, at the commit of the caller's transaction. */
export async function notifyFollowers(
  client: ClientBase,
  organizationId: string,
  logs: Iterable<string>,
): Promise<void> {
  await client.query("SELECT pg_notify($1, $2)", [recordChannel, `${organizationId} ${[...logs].join(",")}`]);
}

/** Writes rows of Daybook's own in one transaction and tells followers. */
export async function insertOwnRecords<L extends RecordLog>(
  log: L,
  rows: readonly RecordRow<L>[],
): Promise<void> {
  await ensurePartitions(
    log,
    rows.map((entry) => entry.row.time),
  );
  await inTransaction(async (client) => {
    await insertRecords(client, log, rows);
    for (const organizationId of new Set(rows.map((entry) => entry.organizationId))) {
      await notifyFollowers(client, organizationId, [log]);
    }
  });
}
