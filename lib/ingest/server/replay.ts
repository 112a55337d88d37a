import "server-only";
import type { ClientBase } from "pg";
import { pool } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { ensurePartitions, notifyFollowers } from "@/lib/record/server/insert.ts";
import { BadBody, type ForeignRecord, type MapContext, type Rejected } from "../define.ts";
import { bringsEventId, findKnownEvents, lockEventIds } from "./event-ids.ts";
import { noteHealth } from "./health.ts";
import { contextOf, type IngestSource, type PreparedRecord, prepareRecord } from "./prepare.ts";
import { eventTakenText } from "./quarantine.ts";
import { lockSource } from "./receipts.ts";
import { toIngestSource } from "./sources.ts";
import { writeRows } from "./store.ts";

/** A quarantined record that is still open. */
export type Held = {
  id: string;
  recordId: string | null;
  /** Time of the first receipt. */
  receivedAt: string;
  reason: string;
  /** Another record has its id: its rows would be a second record under that id. */
  idTaken: boolean;
  raw: Buffer;
  source: IngestSource;
};

type HeldRow = Omit<Held, "source"> & {
  sourceId: string;
  organization_id: string;
  name: string;
  kind: string;
  settings: { [name: string]: string };
};

/** @throws Problem 404 when the source has no such record in quarantine, or not any more */
export async function requireHeld(organizationId: string, sourceId: string, id: string): Promise<Held> {
  const found = await pool().query<HeldRow>(
    `SELECT q.id, q.source_record_id AS "recordId", q.reason, q.id_taken AS "idTaken", q.raw, s.id AS "sourceId", s.organization_id, s.name,
       s.kind, s.settings, to_char(q.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "receivedAt"
     FROM quarantined_records q JOIN sources s ON s.id = q.source_id
     WHERE q.organization_id = $1 AND q.source_id = $2 AND q.id = $3 AND q.state = 'open'`,
    [organizationId, sourceId, id],
  );
  const [row] = found.rows;
  const source = row && toIngestSource({ ...row, id: row.sourceId });
  if (!row || !source) throw noSuchRecord();
  const { recordId, receivedAt, reason, idTaken, raw } = row;
  return { id, recordId, receivedAt, reason, idTaken, raw, source };
}

/**
 * Maps a quarantined record with today's mapping and settings, as if it had just come, at the time of its
 * first receipt.
 * @throws Problem 409 with the reason when it still cannot be understood, or may not be stored beside the
 *   record that has its id
 */
export async function prepareReplay(held: Held): Promise<PreparedRecord[]> {
  const { source } = held;
  if (held.idTaken) throw idIsTaken(held.recordId);
  const context = withMasksKept(contextOf(source, held.receivedAt));
  const prepared = splitHeld(held, context).map((record, index): PreparedRecord => {
    const id = held.recordId ?? `replay:${held.id}:${index + 1}`;
    return { ...prepareRecord(source, context, record, id), id };
  });
  const refused = prepared.find(({ rejected }) => rejected !== undefined);
  if (refused || prepared.length === 0) {
    throw stillUnclear(refused?.rejected ?? "nothing can be read in it");
  }
  const drafts = prepared.flatMap(({ rows = [] }) => rows);
  for (const { log, row } of drafts) await ensurePartitions(log, [row.time]);
  return prepared;
}

function splitHeld({ source, raw }: Held, context: MapContext): (ForeignRecord | Rejected)[] {
  try {
    // The end of its line was not kept with it.
    return [...source.kind.split(Buffer.concat([raw, lineEnd]), context)];
  } catch (error) {
    if (error instanceof BadBody) throw stillUnclear(error.message);
    throw error;
  }
}

const lineEnd = Buffer.from("\n");
const maskText = /^\[masked sha256:[0-9a-f]{16}\]$/;

/** Secrets were masked before the record was kept; a mask of a mask would no longer equal that of the secret. */
function withMasksKept(context: MapContext): MapContext {
  return {
    ...context,
    mask: (secret) => {
      const text = typeof secret === "string" ? secret : Buffer.from(secret).toString("latin1");
      return maskText.test(text) ? text : context.mask(secret);
    },
  };
}

/**
 * Takes a record out of quarantine and writes its rows, within the caller's transaction.
 * @returns how many rows it made
 * @throws Problem 404 when somebody else took it meanwhile
 */
export async function writeReplay(
  client: ClientBase,
  { id, source, receivedAt }: Held,
  prepared: readonly PreparedRecord[],
  by: string,
): Promise<number> {
  await lockSource(client, source.id);
  await resolveHeld(client, source.organizationId, id, "replayed", by);
  const accepted = prepared
    .filter(({ rows }) => rows !== undefined)
    .map((record) => ({ record, receivedAt }));
  await refuseKnownEvents(client, source.organizationId, prepared);
  const logs = await writeRows(client, source, accepted);
  await noteHealth(client, source.id, receivedAt, accepted, [
    { accepted: accepted.length, duplicates: 0, quarantined: 0, skipped: prepared.length - accepted.length },
  ]);
  await notifyFollowers(client, source.organizationId, logs);
  return accepted.reduce((sum, { record }) => sum + (record.rows?.length ?? 0), 0);
}

/**
 * Marks a quarantined record as dealt with; its bytes stay.
 * @throws Problem 404 when it is not open any more
 */
export async function resolveHeld(
  client: ClientBase,
  organizationId: string,
  id: string,
  state: "replayed" | "dismissed",
  by: string,
): Promise<void> {
  const changed = await client.query(
    `UPDATE quarantined_records SET state = $3, resolved_at = $4, resolved_by = $5
     WHERE organization_id = $1 AND id = $2 AND state = 'open'`,
    [organizationId, id, state, nowInstant(), by],
  );
  if (changed.rowCount !== 1) throw noSuchRecord();
}

async function refuseKnownEvents(
  client: ClientBase,
  organizationId: string,
  prepared: readonly PreparedRecord[],
): Promise<void> {
  const events = prepared.filter(bringsEventId);
  if (events.length === 0) return;
  await lockEventIds(client, organizationId);
  const [known] = await findKnownEvents(client, organizationId, events);
  if (known?.[1] === "other") throw stillUnclear(eventTakenText(known[0]));
  if (known) throw new Problem(409, "The event of this record is stored already: dismiss it.");
}

function noSuchRecord(): Problem {
  return notFound("There is no such record in quarantine.");
}

function idIsTaken(recordId: string | null): Problem {
  return new Problem(
    409,
    `Another record of this source has the id ${recordId}, so this one cannot be stored under it: dismiss it, or have it sent again with an id of its own.`,
  );
}

function stillUnclear(reason: string): Problem {
  return new Problem(409, `The record still cannot be understood: ${reason}.`);
}
