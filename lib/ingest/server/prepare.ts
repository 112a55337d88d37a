import "server-only";
import { createHmac } from "node:crypto";
import { env } from "@/lib/env.ts";
import { Problem } from "@/lib/http/problem.ts";
import { sha256 } from "@/lib/record/canonical.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { earliestTime, futureDays } from "@/lib/record/server/insert.ts";
import { storable } from "@/lib/record/text.ts";
import { BadBody, type ForeignRecord, type IngestKind, type MapContext, type Rejected } from "../define.ts";
import { tooLargeText } from "../issues.ts";
import { ingestLimits } from "../limits.ts";
import type { RowDraft } from "../rows.ts";
import { inSpace } from "../space-setting.ts";
import type { Hold } from "./hold.ts";
import { Slices } from "./turns.ts";

/** A source as ingestion needs it. */
export type IngestSource = {
  id: string;
  organizationId: string;
  name: string;
  kind: IngestKind;
  settings: { [name: string]: string };
};

/** One record, mapped and hashed, before the database has said whether it is new. */
export type PreparedRecord = {
  /** The source's id of the record, or one made of the Idempotency-Key and the place in the body. */
  id: string;
  raw: Uint8Array;
  /** SHA-256 of `raw`. */
  contentHash: Buffer;
  /** What the receipt keeps: the same for the same record, however it was sent. */
  hash: Buffer;
  /** The connection of its rows, where it is not the one that the source's own name of it gives. */
  connectionId?: string;
} & (
  | { rows: RowDraft[]; skipped?: never; rejected?: never }
  | { skipped: string; rows?: never; rejected?: never }
  | { rejected: string; rows?: never; skipped?: never }
);

export type PreparedPost = { receivedAt: string; records: PreparedRecord[]; bytes: number };

/** @returns what a kind's `map` may know; the same secret gives the same mask within an organization */
export function contextOf(source: IngestSource, receivedAt: string): MapContext {
  return {
    sourceName: source.name,
    receivedAt,
    settings: source.settings,
    mask: (secret) => {
      const digest = createHmac("sha256", `${source.organizationId} ${env().REDACTION_KEY}`).update(secret);
      return `[masked sha256:${digest.digest("hex").slice(0, 16)}]`;
    },
  };
}

/**
 * Cuts a body into records and maps them, without the database, in slices between which others have their turn.
 * @param key the post's Idempotency-Key, which records without ids of their own need
 * @param hold takes what each record needs in memory besides the body
 * @throws Problem 400 when the body as a whole, or the missing key, makes storing impossible; 413 for too many; 429 without room
 */
export async function preparePost(
  source: IngestSource,
  body: Uint8Array,
  key: string | undefined,
  hold?: Hold,
): Promise<PreparedPost> {
  const receivedAt = nowInstant();
  const context = contextOf(source, receivedAt);
  const most = ingestLimits.records;
  const records: PreparedRecord[] = [];
  const slices = new Slices();
  try {
    const { split, splitInTurns = split } = source.kind;
    for (const record of splitInTurns(body, context)) {
      const rest = slices.rest();
      if (rest) await rest;
      if (record === undefined) continue;
      if (records.length === most) {
        throw new Problem(413, `The body holds more than ${most} records: send smaller batches.`);
      }
      hold?.take(ingestLimits.heldPerRecord);
      records.push(prepareRecord(source, context, record, recordId(record, key, records.length)));
    }
  } catch (error) {
    if (error instanceof BadBody) throw new Problem(400, `${error.message}. Nothing of the body was stored.`);
    throw error;
  }
  return { receivedAt, bytes: body.length, records };
}

function recordId(record: ForeignRecord | Rejected, key: string | undefined, index: number): string {
  if (record.id !== undefined) return record.id;
  if (key !== undefined) return `${key}:${index + 1}`;
  // A record that cannot be read has no id to be asked for; its bytes tell it apart.
  if ("rejected" in record) return `unread:${sha256(record.raw).toString("hex")}`;
  throw new Problem(
    400,
    `Record ${index + 1} has no id of its own: send an Idempotency-Key header that stays the same when this body is sent again.`,
    {
      errors: [{ parameter: "Idempotency-Key", reason: "is needed for records without ids" }],
    },
  );
}

/** Maps one record; also used when a quarantined record is tried again. */
export function prepareRecord(
  source: IngestSource,
  context: MapContext,
  record: ForeignRecord | Rejected,
  id: string,
): PreparedRecord {
  const { raw } = record;
  const contentHash = sha256(raw);
  const identity = "identity" in record ? record.identity : undefined;
  const base = { id: clipId(id), raw, contentHash, hash: identity ? sha256(identity) : contentHash };
  if ("rejected" in record) return { ...base, rejected: record.rejected };
  if (raw.length > ingestLimits.record) {
    return { ...base, rejected: tooLargeText() };
  }
  const mapped = source.kind.map(record, context);
  if ("skipped" in mapped) return { ...base, skipped: mapped.skipped };
  if ("rejected" in mapped) return { ...base, rejected: mapped.rejected };
  const outside = mapped.rows.find(({ row }) => !isTimely(row.time, context.receivedAt));
  if (outside) return { ...base, rejected: `time: ${outside.row.time} lies outside the record` };
  const rows = mapped.rows.map((row) =>
    inSpace(row.once === undefined ? row : { ...row, once: storable(row.once) }, context.settings["space"]),
  );
  return { ...base, rows };
}

/** Ids are kept whole up to the length an index takes; a longer one is told apart by its hash. */
function clipId(id: string): string {
  const plain = storable(id);
  return plain.length <= 512 ? plain : `${plain.slice(0, 440)}…${sha256(plain).toString("hex")}`;
}

/** Whether the logs can hold a time: UTC, as received at another. */
export function isTimely(time: string, receivedAt: string): boolean {
  return time >= earliestTime && Date.parse(time) <= Date.parse(receivedAt) + futureDays * 86_400_000;
}
