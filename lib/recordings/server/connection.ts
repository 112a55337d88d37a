import "server-only";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import type { Kill } from "@/lib/kills/kill.ts";
import { listKills, shownKill } from "@/lib/kills/server/kills.ts";
import { parseQuery } from "@/lib/logs/query.ts";
import { type LogPage, type LogRow, listLogs } from "@/lib/logs/server/list.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import { isRequestKind } from "@/lib/logs/session-view.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { sharesOf } from "@/lib/shares/server/share-list.ts";
import type { ShareLine } from "@/lib/shares/share.ts";
import type { Playback } from "../playback.ts";
import type { RecordingLine } from "../recording-line.ts";
import { recordedCommands } from "./beside.ts";
import { listRecordings } from "./list.ts";
import { recordingScope, resizesOf } from "./read.ts";
import { listReadings, type Readings } from "./readers.ts";

/** One connection: its row of the log, and its recording, where there are any. */
export type RecordedConnection = {
  /** Undefined while its events are not yet written, as of a recording that has just come; of a connection without events, what another row says of it. */
  row: LogRow | undefined;
  /** The one that is asked for, or the latest that is not deleted, or else the tombstone of the latest. */
  recording: RecordingLine | undefined;
  /** All that are not deleted, in order. */
  recordings: RecordingLine[];
  /** Whether its source sends recordings, so that there should be one. */
  expected: boolean;
};

/**
 * A connection as somebody may see it.
 * @param wanted which of its recordings, and a moment of one
 * @returns undefined when there is none of this id for them, or no such recording of it
 */
export async function readConnection(
  principal: Principal,
  id: string,
  wanted: { recordingId?: string | undefined; startUs?: number | undefined } = {},
): Promise<RecordedConnection | undefined> {
  const { rows } = await rowsOf(principal, "connections", { connection: id });
  const all = await listRecordings(recordingScope(principal), {
    connectionId: id,
    deleted: true,
    limit: mostRecordings,
  });
  const recordings = all.filter(({ deletedAt }) => deletedAt === null).reverse();
  const recording = await chosen(principal, all, recordings, wanted);
  if (wanted.recordingId !== undefined && !recording) return undefined;
  const row = rows[0] ?? (recording ? undefined : await mention(principal, id));
  if (!row && !recording) return undefined;
  const source = await pool().query<{ expected: boolean }>(
    `SELECT (s.kind = 'recordings' OR s.settings->>'recorded' = 'yes') AS expected FROM connections c JOIN sources s ON s.id = c.source_id
     WHERE c.organization_id = $1 AND c.id = $2`,
    [principal.organizationId, id],
  );
  return { row, recording, recordings, expected: source.rows[0]?.expected ?? false };
}

async function chosen(
  principal: Principal,
  all: readonly RecordingLine[],
  recordings: readonly RecordingLine[],
  { recordingId, startUs }: { recordingId?: string | undefined; startUs?: number | undefined },
): Promise<RecordingLine | undefined> {
  if (recordingId !== undefined) return all.find(({ id }) => id === recordingId);
  const latest = recordings.at(-1) ?? all[0];
  if (!latest || startUs === undefined || recordings.length < 2) return latest;
  // A link from the log of commands names the second alone: the recording is the one that has a command there.
  for (const line of recordings) {
    const commands = await recordedCommands(principal, line);
    if (commands.some(({ timeUs }) => Math.abs(timeUs - startUs) < 1000)) return line;
  }
  return latest;
}

/** A row that names a connection of which no event is recorded. */
async function mention(principal: Principal, id: string): Promise<LogRow | undefined> {
  for (const slug of ["commands", "session-requests", "kubernetes-api-calls"] as const) {
    const { rows } = await rowsOf(principal, slug, { connection: id, order: "asc" });
    const [row] = rows;
    if (row)
      return {
        id,
        time: row.time,
        user: row["user"] ?? null,
        target: row["target"] ?? row["cluster"] ?? null,
      };
  }
  return undefined;
}

/** What is told of a connection beside its recording. */
export type ConnectionHistory = {
  events: LogPage;
  /** Commands or requests that were refused. */
  denied: LogPage;
  resizes: Playback["resizes"];
  /** Requests for its end, with what became of each. */
  kills: Kill[];
  /** Who watched, read, found, downloaded or deleted its recordings; undefined for those who see their own alone. */
  readers: Readings | undefined;
  /** With whom the session is shared; undefined for those who neither share nor read the audit log. */
  shares: ShareLine[] | undefined;
};

export async function readHistory(
  principal: Principal,
  id: string,
  recording: RecordingLine | undefined,
): Promise<ConnectionHistory> {
  return {
    events: await rowsOf(principal, "connection-events", { connection: id, order: "asc" }),
    denied: isRequestKind(recording?.kind)
      ? await rowsOf(principal, "session-requests", { connection: id, outcome: "denied", order: "asc" })
      : await rowsOf(principal, "commands", { connection: id, outcome: "rejected", order: "asc" }),
    resizes: recording ? await resizesOf(principal, recording) : [],
    kills: (await listKills(principal.organizationId, id)).map(shownKill),
    readers: recording && (await listReadings(principal, id)),
    shares:
      allows(principal, "sessions:share") || allows(principal, "audit-log:read")
        ? await sharesOf(principal.organizationId, id)
        : undefined,
  };
}

const mostRows = "200";
/** Recordings of one connection. */
const mostRecordings = 100;

async function rowsOf(
  principal: Principal,
  slug: LogSlug,
  params: { [name: string]: string },
): Promise<LogPage> {
  const parsed = parseQuery(logView(slug), new URLSearchParams({ ...params, limit: mostRows }));
  if (parsed.errors) throw new Error(`${slug}: ${JSON.stringify(parsed.errors)}`);
  return listLogs(slug, scopeOf(principal, slug), parsed.query);
}
