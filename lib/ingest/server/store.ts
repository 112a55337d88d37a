import "server-only";
import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import { inTransaction } from "@/lib/db/client.ts";
import { placeOf } from "@/lib/places/server/places.ts";
import { groupBy } from "@/lib/record/group-by.ts";
import {
  ensurePartitions,
  insertAndNotify,
  ownRecord,
  ownSourceId,
  type RecordRow,
} from "@/lib/record/server/insert.ts";
import type { RecordLog, RowDraft } from "../rows.ts";
import { ConnectionIds, projectConnections } from "./connections.ts";
import { bringsEventId, findKnownEvents, type KnownEvent, lockEventIds } from "./event-ids.ts";
import { noteHealth } from "./health.ts";
import { assignKubernetesCommands, projectKubernetesCommands } from "./kubernetes.ts";
import { noteLoggedSessions } from "./logged-sessions.ts";
import { noteNames } from "./names.ts";
import { leaveOutTold } from "./once-told.ts";
import { insertPortions } from "./portions.ts";
import type { IngestSource, PreparedPost, PreparedRecord } from "./prepare.ts";
import { type HeldBack, HeldBackError, heldBack, quarantine } from "./quarantine.ts";
import { judgeRecords } from "./receipts.ts";
import { ReceiptsAhead } from "./receipts-ahead.ts";
import { joinSessionRequests } from "./session-requests.ts";
import { Slices } from "./turns.ts";

/** What became of the records of one post. */
export type PostResult = { accepted: number; duplicates: number; quarantined: number; skipped: number };

/** Who posted, for the user event that tells of the batch. */
export type Poster = { requestId: string; address: string; userAgent: string | undefined };

export type Submission = { post: PreparedPost; poster: Poster };

/** From so many records on a post is stored with its receipts read ahead. */
const many = 4000;

type Draft = { [L in RecordLog]: { log: L; entry: RecordRow<L> } }[RecordLog];

/**
 * Stores posts of one source in one transaction: every record of a post, or none. Writers of one source
 * take turns, which makes duplicates, connections and Kubernetes commands a matter of plain reading.
 */
export async function storePosts(
  source: IngestSource,
  submissions: readonly Submission[],
): Promise<PostResult[]> {
  const startedAt = performance.now();
  const ownSource = await ownSourceId(source.organizationId);
  const records = submissions.flatMap(({ post }) => post.records);
  await ensureMonths(records, submissions);
  return inTransaction(async (client) => {
    const receivedAt = submissions[0]?.post.receivedAt ?? "";
    const ahead = records.length > many ? new ReceiptsAhead(client, source.id, receivedAt) : undefined;
    const verdicts = await (ahead
      ? ahead.judge(records)
      : judgeRecords(client, source.id, records, receivedAt));
    const known = await knownEvents(
      client,
      source,
      records.filter((_, at) => verdicts[at] === "new"),
    );
    const accepted: { record: PreparedRecord; receivedAt: string }[] = [];
    const held: HeldBack[] = [];
    const results: PostResult[] = [];
    let place = 0;
    for (const { post } of submissions) {
      const result: PostResult = { accepted: 0, duplicates: 0, quarantined: 0, skipped: 0 };
      for (const record of post.records) {
        const verdict = verdicts[place++];
        const event = known.get(record);
        if (verdict === "duplicate" || event === "same") result.duplicates++;
        else if (verdict === "conflict" || event === "other" || record.rejected !== undefined) {
          held.push(heldBack(record, post.receivedAt, verdict === "conflict", event === "other"));
          result.quarantined++;
        } else if (record.skipped !== undefined) result.skipped++;
        else {
          accepted.push({ record, receivedAt: post.receivedAt });
          result.accepted++;
        }
      }
      results.push(result);
    }
    if (source.kind.wholeOnly && held.length > 0) throw new HeldBackError(held);
    const plan = await planRows(client, source, accepted, ahead);
    await ahead?.write();
    await quarantine(client, source, held);
    const logs = await writePlan(client, source, plan);
    await noteHealth(client, source.id, receivedAt, accepted, results);
    const events = submissions.map(({ post, poster }, index) =>
      ownRecord<"user-events">(
        source.organizationId,
        ownSource,
        batchEvent(source, post, poster, results[index], startedAt),
      ),
    );
    await insertAndNotify(client, "user-events", events, source.organizationId, [...logs, "user-events"]);
    return results;
  }, plannedOnce);
}

async function knownEvents(
  client: ClientBase,
  source: IngestSource,
  records: readonly PreparedRecord[],
): Promise<Map<PreparedRecord, KnownEvent>> {
  const events = records.filter(bringsEventId);
  if (events.length === 0) return new Map();
  await lockEventIds(client, source.organizationId);
  return findKnownEvents(client, source.organizationId, events);
}

/** The statements are few and prepared; planning them anew for every array costs more than they do. */
const plannedOnce = "SET LOCAL plan_cache_mode = force_generic_plan";

async function ensureMonths(
  records: readonly PreparedRecord[],
  submissions: readonly Submission[],
): Promise<void> {
  const months = new Map<RecordLog, Set<string>>();
  await new Slices().each(records, ({ rows = [] }) => {
    for (const { log, row } of rows) {
      const known = months.get(log) ?? new Set();
      months.set(log, known.add(row.time.slice(0, 7)));
    }
  });
  for (const [log, some] of months) await ensurePartitions(log, some);
  await ensurePartitions(
    "user-events",
    submissions.map(({ post }) => post.receivedAt),
  );
}

/** Writes accepted records and brings projections up to date. @returns the logs that got or changed rows */
export async function writeRows(
  client: ClientBase,
  source: IngestSource,
  accepted: readonly { record: PreparedRecord; receivedAt: string }[],
): Promise<Set<string>> {
  return writePlan(client, source, await planRows(client, source, accepted, undefined));
}

type Plan = { drafts: Draft[]; commandIds: string[] };

/** All that can be decided before rows are written; with `ahead` nothing is written meanwhile. */
async function planRows(
  client: ClientBase,
  source: IngestSource,
  accepted: readonly { record: PreparedRecord; receivedAt: string }[],
  ahead: ReceiptsAhead | undefined,
): Promise<Plan> {
  const drafts = await draftRows(client, source, await leaveOutTold(client, source.id, accepted, ahead));
  await joinSessionRequests(client, source.organizationId, rowsOf(drafts, "session-requests"));
  const calls = rowsOf(drafts, "kubernetes-api-calls");
  return { drafts, commandIds: await assignKubernetesCommands(client, source, calls) };
}

async function writePlan(
  client: ClientBase,
  source: IngestSource,
  { drafts, commandIds }: Plan,
): Promise<Set<string>> {
  const byLog = groupBy(drafts, ({ log }) => log);
  const logs = new Set<string>(byLog.keys());
  for (const [log, rows] of byLog) {
    await insertPortions(
      client,
      log,
      rows.map(({ entry }) => entry),
    );
  }
  const events = rowsOf(drafts, "connection-events");
  if (events.length > 0) {
    await projectConnections(client, source.organizationId, events);
    logs.add("connections");
  }
  const requests = rowsOf(drafts, "session-requests");
  if (requests.length > 0) await noteLoggedSessions(client, source, requests);
  if (commandIds.length > 0) {
    await projectKubernetesCommands(client, source.organizationId, commandIds);
    logs.add("kubernetes-commands");
  }
  await noteNames(client, source.organizationId, drafts);
  return logs;
}

function rowsOf<L extends RecordLog>(drafts: readonly Draft[], wanted: L): RecordRow<L>[] {
  return drafts.flatMap(({ log, entry }) => (log === wanted ? [entry as RecordRow<L>] : []));
}

async function draftRows(
  client: ClientBase,
  source: IngestSource,
  accepted: readonly { record: PreparedRecord; receivedAt: string }[],
): Promise<Draft[]> {
  const connections = new ConnectionIds(source.id, source.kind.connectionRefs);
  await connections.load(client, refsOf(accepted));
  const base = { organizationId: source.organizationId, sourceId: source.id };
  const slices = new Slices();
  const drafts: Draft[] = [];
  for (const { record, receivedAt } of accepted) {
    for (const draft of record.rows ?? []) {
      const { log } = draft;
      const { row, placeSource } = placed(draft);
      const ref = "connectionRef" in row ? row.connectionRef : undefined;
      const entry = {
        ...base,
        id: idOf(draft),
        receivedAt,
        sourceRecordId: record.id,
        raw: record.raw,
        contentHash: record.contentHash,
        row,
        ...(placeSource !== undefined && { placeSource }),
        ...(draft.json !== undefined && { json: draft.json }),
        ...(ref !== undefined && {
          connectionId: record.connectionId ?? connections.of(ref, draft, record.id),
        }),
      };
      drafts.push({ log, entry } as Draft);
    }
    const rest = slices.rest();
    if (rest) await rest;
  }
  return drafts;
}

/** An audit event is stored under its own Id: rows of one time are then in the same order wherever they are kept. */
function idOf(draft: RowDraft): string {
  const own = draft.log === "audit-log" ? draft.row.eventId : undefined;
  return own === undefined ? uuidv7() : own.toLowerCase();
}

/** An event with the place of its client, where the record says none: as it was known when it came. */
function placed({ log, row }: RowDraft): { row: RowDraft["row"]; placeSource?: string } {
  if (log !== "connection-events" || row.clientAddress === undefined) return { row };
  if (row.city !== undefined || row.country !== undefined) return { row };
  const { placeSource, ...place } = placeOf(row.clientAddress) ?? {};
  return placeSource === undefined ? { row } : { row: { ...row, ...place }, placeSource };
}

function refsOf(accepted: readonly { record: PreparedRecord }[]): string[] {
  return accepted.flatMap(({ record }) =>
    (record.rows ?? []).flatMap(({ row }) =>
      "connectionRef" in row && row.connectionRef !== undefined ? [row.connectionRef] : [],
    ),
  );
}

function batchEvent(
  source: IngestSource,
  post: PreparedPost,
  poster: Poster,
  result: PostResult | undefined,
  startedAt: number,
): RecordRow<"user-events">["row"] {
  const { accepted = 0, duplicates = 0, quarantined = 0, skipped = 0 } = result ?? {};
  const counts = `accepted=${accepted}&duplicates=${duplicates}&quarantined=${quarantined}&skipped=${skipped}`;
  return {
    time: post.receivedAt,
    user: source.name,
    actorType: "source",
    actorId: source.id,
    action: "ingest.post",
    resource: `/api/v1/ingest/${source.kind.name}?${counts}`,
    outcome: "success",
    status: 200,
    clientAddress: poster.address,
    ...(poster.userAgent !== undefined && { userAgent: poster.userAgent.slice(0, 1024) }),
    durationUs: Math.round((performance.now() - startedAt) * 1000),
    requestId: poster.requestId,
    count: 1,
  };
}
