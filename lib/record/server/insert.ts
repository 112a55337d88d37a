import "server-only";
import pg, { type ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import { ingestLimits } from "@/lib/ingest/limits.ts";
import type { DraftOf, RecordLog } from "@/lib/ingest/rows.ts";
import { sha256 } from "../canonical.ts";
import { nowInstant } from "../clock.ts";
import { type Resolved, recordColumns, recordTables, type SqlType, sqlName } from "../columns.ts";
import { JsonText } from "../json-text.ts";
import { copyIn } from "./copy-in.ts";
import { CopyRows } from "./copy-rows.ts";

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

/** Of a request that is told whole: no other line can say more. */
const finalStage = 2;

/** What stands in columns that no draft has, or that a draft may leave out: reckoned from the row. */
function derived(log: RecordLog, entry: RecordRow): { [field: string]: unknown } {
  const { connectionId, commandId, placeSource, id, organizationId, row } = entry;
  if (log === "kubernetes-api-calls") {
    const { stage, status, groups } = row as DraftOf<"kubernetes-api-calls">;
    const outcome = callOutcome(status);
    return { connectionId, commandId, stageRank: stageRanks[stage], groups: groups?.join(", "), outcome };
  }
  if (log === "session-requests") {
    const { requestKey = entry.sourceRecordId, stageRank = finalStage } = entry;
    return { connectionId, requestKey, stageRank };
  }
  if (log === "audit-log") {
    const { eventId = id, tenantId = organizationId, category = "" } = row as DraftOf<"audit-log">;
    const texts = Object.entries(entry.json ?? {}).map(([field, text]) => [field, new JsonText(text)]);
    return { eventId, tenantId, category, ...Object.fromEntries(texts) };
  }
  return { connectionId, placeSource };
}

/** 401 and 403 are denied, other codes from 400 are failures, a call without a code is pending. */
export function callOutcome(status: number | undefined): "success" | "failure" | "denied" | "pending" {
  if (status === undefined) return "pending";
  if (status === 401 || status === 403) return "denied";
  return status >= 400 ? "failure" : "success";
}

/** The columns that every record has. */
const ownColumns = {
  organizationId: "uuid",
  time: "timestamptz",
  id: "uuid",
  receivedAt: "timestamptz",
  sourceId: "uuid",
  sourceRecordId: "text",
  contentHash: "bytea",
  raw: "bytea",
} as const satisfies { [field: string]: SqlType };

function copySql(log: RecordLog): string {
  const fields = [...Object.keys(ownColumns), ...Object.keys(recordColumns[log])];
  return `COPY ${recordTables[log]} (${fields.map(sqlName).join(", ")}) FROM STDIN (FORMAT binary)`;
}

/** Bytes of a row beside its raw record, roughly. */
const rowBytes = 512;

function copyData(log: RecordLog, rows: readonly RecordRow[]): Buffer {
  const columns = Object.entries<SqlType>(recordColumns[log]);
  const values = Object.keys(ownColumns).length + columns.length;
  const data = new CopyRows(rows.reduce((sum, { raw }) => sum + raw.length + rowBytes, 0));
  for (const entry of rows) {
    data.row(values);
    data.value(entry.organizationId, ownColumns.organizationId);
    data.value(entry.row.time, ownColumns.time);
    data.value(entry.id, ownColumns.id);
    data.value(entry.receivedAt, ownColumns.receivedAt);
    data.value(entry.sourceId, ownColumns.sourceId);
    data.value(entry.sourceRecordId, ownColumns.sourceRecordId);
    data.value(entry.contentHash, ownColumns.contentHash);
    data.value(entry.raw, ownColumns.raw);
    const given = entry.row as { [field: string]: unknown };
    const more = derived(log, entry);
    for (const [field, type] of columns) data.value(more[field] ?? given[field], type);
  }
  return data.end();
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
  if (rows.length > 0) await copyIn(client, copySql(log), copyData(log, rows));
}

/** As {@link insertRecords}, and tells followers of `logs` at the commit, in the same round trip. */
export async function insertAndNotify<L extends RecordLog>(
  client: ClientBase,
  log: L,
  rows: readonly RecordRow<L>[],
  organizationId: string,
  logs: Iterable<string>,
): Promise<void> {
  const statements = `${copySql(log)}; ${notifySql(organizationId, logs)}`;
  await copyIn(client, statements, copyData(log, rows));
}

const ensured = new Set<string>();

/** The earliest time the record takes, and how many days ahead of the clock a source may be. */
export const earliestTime = `${ingestLimits.earliestYear}-01-01T00:00:00.000000Z`;
export const { futureDays } = ingestLimits;

/** Makes the monthly partitions that times (or months) of a log need. Not within a transaction that writes. */
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

function notifySql(organizationId: string, logs: Iterable<string>): string {
  const payload = `${organizationId} ${[...logs].join(",")}`;
  return `SELECT pg_notify(${pg.escapeLiteral(recordChannel)}, ${pg.escapeLiteral(payload)})`;
}

/** Tells followers, at the commit of the caller's transaction. */
export async function notifyFollowers(
  client: ClientBase,
  organizationId: string,
  logs: Iterable<string>,
): Promise<void> {
  await client.query(notifySql(organizationId, logs));
}

/** Writes rows of Daybook's own and tells followers: one transaction, which is one round trip. */
export async function insertOwnRecords<L extends RecordLog>(
  log: L,
  rows: readonly RecordRow<L>[],
): Promise<void> {
  if (rows.length === 0) return;
  await ensurePartitions(
    log,
    rows.map((entry) => entry.row.time),
  );
  const organizations = new Set(rows.map((entry) => entry.organizationId));
  const notices = [...organizations].map((organizationId) => notifySql(organizationId, [log]));
  const client = await pool().connect();
  try {
    await copyIn(client, [copySql(log), ...notices].join("; "), copyData(log, rows));
  } finally {
    client.release();
  }
}
