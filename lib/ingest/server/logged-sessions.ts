import "server-only";
import type { ClientBase } from "pg";
import { groupBy } from "@/lib/record/group-by.ts";
import type { RecordRow } from "@/lib/record/server/insert.ts";
import { storable } from "@/lib/record/text.ts";
import { microsBetween } from "../rfc3339.ts";
import type { IngestSource } from "./prepare.ts";

type RequestRow = RecordRow<"session-requests">;

/** Lines and characters of one chunk of text that is searched, and characters of a line. */
const chunkLines = 64;
const chunkText = 16_384;
const lineText = 4096;

/**
 * Keeps sessions that consist of requests in the list of recordings, and their text where recordings are searched.
 * Such a session has its connection's id, the format `log` and the state `logged`: there is nothing to be played,
 * and its requests are rows of the record.
 * @param rows new ones, joined
 */
export async function noteLoggedSessions(
  client: ClientBase,
  source: IngestSource,
  rows: readonly RequestRow[],
): Promise<void> {
  // A recording that was uploaded is in the list already.
  if (source.kind.name === "recordings") return;
  const sessions = [...groupBy(rows, ({ connectionId }) => connectionId ?? "")];
  const facts = sessions.map(([id, some]) => ({ id, ...factsOf(some) }));
  const found = await client.query<{ id: string; startedAt: string }>(
    `INSERT INTO recordings (organization_id, id, connection_id, source_id, started_at, duration_us, user_name, target,
         target_user, space, kind, format, state, bytes, commands, denied)
       SELECT $1, f.id, f.id, $2, coalesce(c.time, f.first), 0, coalesce(c.user_name, f.user_name), f.target,
         f.target_user, f.space, f.kind, 'log', 'logged', 0, 0, false
       FROM unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
         AS f (id, first, user_name, target, target_user, space, kind)
       LEFT JOIN connections c ON c.organization_id = $1 AND c.id = f.id
       ORDER BY f.id
       ON CONFLICT (organization_id, id) DO UPDATE SET state = recordings.state
       RETURNING id, to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt"`,
    [
      source.organizationId,
      source.id,
      facts.map(({ id }) => id),
      facts.map(({ first }) => first),
      facts.map(({ row }) => storable(row.user)),
      facts.map(({ row }) => storable(row.target)),
      facts.map(({ row }) => (row.targetUser === undefined ? null : storable(row.targetUser))),
      facts.map(({ row }) => (row.space === undefined ? null : storable(row.space))),
      facts.map(({ row }) => row.kind),
    ],
  );
  const startOf = new Map(found.rows.map(({ id, startedAt }) => [id, startedAt]));
  await client.query(
    `UPDATE recordings r SET commands = r.commands + f.requests, bytes = r.bytes + f.bytes, denied = r.denied OR f.denied,
       duration_us = greatest(r.duration_us, f.last_us)
     FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::boolean[], $6::bigint[]) AS f (id, requests, bytes, denied, last_us)
     WHERE r.organization_id = $1 AND r.id = f.id`,
    [
      source.organizationId,
      facts.map(({ id }) => id),
      facts.map(({ requests }) => requests),
      facts.map(({ bytes }) => bytes),
      facts.map(({ denied }) => denied),
      facts.map(({ id, last }) => Math.max(0, microsBetween(startOf.get(id) ?? last, last))),
    ],
  );
  const chunks = facts.flatMap(({ id, texts, first }) => chunksOf(id, startOf.get(id) ?? first, texts));
  if (chunks.length === 0) return;
  await client.query(
    `INSERT INTO recording_chunks (organization_id, recording_id, place, times, text)
     SELECT $1, n.id, coalesce((SELECT max(place) + 1 FROM recording_chunks c WHERE c.organization_id = $1 AND c.recording_id = n.id), 0) + n.n,
       ARRAY(SELECT jsonb_array_elements_text(n.times)::bigint), n.text
     FROM unnest($2::uuid[], $3::int[], $4::jsonb[], $5::text[]) AS n (id, n, times, text)`,
    [
      source.organizationId,
      chunks.map(({ id }) => id),
      chunks.map(({ n }) => n),
      chunks.map(({ times }) => JSON.stringify(times)),
      chunks.map(({ lines }) => lines.join("\n")),
    ],
  );
}

type Chunk = { id: string; n: number; times: number[]; lines: string[] };

function factsOf(rows: readonly RequestRow[]) {
  const [any] = rows;
  if (!any) throw new Error("A session without rows");
  const isOwn = ({ row, requestKey, sourceRecordId }: RequestRow): boolean =>
    row.part === "whole" || requestKey === sourceRecordId;
  // An end that has found its start, or a start that was told of by its end, is no further request.
  const requests = rows.filter(isOwn).length;
  const texts = rows.filter((entry) => entry.row.part === "start" || isOwn(entry));
  let [first, last] = [any.row.time, any.row.time];
  let bytes = 0;
  for (const { row, raw } of rows) {
    if (row.time < first) first = row.time;
    if (row.time > last) last = row.time;
    bytes += raw.length;
  }
  const denied = rows.some(({ row }) => row.outcome === "denied");
  return { row: any.row, requests, texts, first, last, bytes, denied };
}

function chunksOf(id: string, startedAt: string, rows: readonly RequestRow[]): Chunk[] {
  const chunks: Chunk[] = [];
  let size = 0;
  for (const { row } of rows) {
    const line = storable([row.method, row.request].join(" ").trim().replace(/\s+/g, " ").slice(0, lineText));
    if (line === "") continue;
    let chunk = chunks.at(-1);
    if (!chunk || chunk.lines.length === chunkLines || size + line.length > chunkText) {
      chunk = { id, n: chunks.length, times: [], lines: [] };
      chunks.push(chunk);
      size = 0;
    }
    chunk.lines.push(line);
    chunk.times.push(Math.max(0, microsBetween(startedAt, row.time)));
    size += line.length;
  }
  return chunks;
}
