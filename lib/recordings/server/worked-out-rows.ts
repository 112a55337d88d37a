import "server-only";
import { pool } from "@/lib/db/client.ts";
import type { connectionKinds } from "@/lib/ingest/enumerations.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import type { PreparedRecord } from "@/lib/ingest/server/prepare.ts";
import { readSourceById } from "@/lib/ingest/server/sources.ts";
import type { Poster } from "@/lib/ingest/server/store.ts";
import { storable } from "@/lib/record/text.ts";
import type { ConversionSummary } from "../convert.ts";
import { instantOfMicros } from "../session.ts";
import { ownConnectionId } from "./own-connection.ts";
import { recordOfRow, tell } from "./tell.ts";

/** A recording that is being worked out. */
export type WorkedOutRow = {
  /** Its connection and commands were told while it was under way. */
  live: boolean;
  connectionId: string;
  kind: (typeof connectionKinds)[number];
  sourceId: string;
  user: string;
  target: string;
  targetUser: string | null;
  space: string | null;
  title: string | null;
  startedAt: string;
  sha256: string;
};

type Told = { closed: boolean; commands: number };

/** What the record says of a session that was told of while it was under way. */
async function toldOf(organizationId: string, connectionId: string): Promise<Told> {
  const found = await pool().query<Told>(
    `SELECT EXISTS (SELECT FROM connection_events WHERE organization_id = $1 AND connection_id = $2 AND event = 'closed') AS closed,
       (SELECT count(*)::int FROM commands WHERE organization_id = $1 AND connection_id = $2) AS commands`,
    [organizationId, connectionId],
  );
  return found.rows[0] ?? { closed: false, commands: 0 };
}

/** Of a recording that nothing can be made of, the connection is recorded all the same. */
export async function tellFailed(
  organizationId: string,
  id: string,
  row: WorkedOutRow,
  poster: Poster,
): Promise<void> {
  const source = await readSourceById(organizationId, row.sourceId);
  const told = row.live ? await toldOf(organizationId, row.connectionId) : undefined;
  const joins = !row.live && row.connectionId !== ownConnectionId(row.sourceId, id);
  // A source that was stopped tells no more.
  if (!source || joins || told?.closed) return;
  const { user, target, targetUser, startedAt: time, kind } = row;
  const space = row.space ?? source.settings["space"];
  const facts = { user, target, connectionRef: id, time, kind };
  const who = { ...facts, ...(targetUser && { targetUser }), ...(space && { space }) };
  const rows: [name: string, draft: RowDraft][] = [
    ["closed", connectionEvent(who, "closed", "the recording cannot be played")],
  ];
  if (!told) rows.unshift(["open", connectionEvent(who, "open")]);
  await tell(source, recordsOf(rows, id, row.connectionId, { recording: id, sha256: row.sha256 }), poster);
}

type EventFacts = Omit<Extract<RowDraft, { log: "connection-events" }>["row"], "event" | "outcome" | "cause">;

function connectionEvent(facts: EventFacts, event: "open" | "closed", cause?: string): RowDraft {
  return { log: "connection-events", row: { ...facts, event, outcome: "allowed", ...(cause && { cause }) } };
}

function recordsOf(
  rows: readonly [name: string, draft: RowDraft][],
  id: string,
  connectionId: string,
  facts: { [name: string]: unknown },
): PreparedRecord[] {
  return rows.map(([name, draft]) => {
    const raw = Buffer.from(JSON.stringify({ ...facts, ...draft.row }));
    return { ...recordOfRow(`${id} ${name}`, raw, draft), connectionId };
  });
}

/** The connection's events and the commands, as records of the source; then the recording is ready. */
export async function tellRows(
  organizationId: string,
  id: string,
  row: WorkedOutRow,
  summary: ConversionSummary,
  poster: Poster,
): Promise<void> {
  const source = await readSourceById(organizationId, row.sourceId);
  if (!source) throw new Error("The source of the recording was stopped");
  const { info, screen } = summary;
  const told = row.live ? await toldOf(organizationId, row.connectionId) : undefined;
  // Of a connection that was there already, others tell when it began and ended.
  const joins = !row.live && row.connectionId !== ownConnectionId(row.sourceId, id);
  // A source that tells of more than the first command knows them all: nothing is inferred beside it.
  const commands = told && told.commands > 1 ? [] : summary.commands;
  const targetUser = row.targetUser ?? info.targetUser ?? info.user;
  const space = row.space ?? source.settings["space"];
  const who = {
    user: row.user,
    target: row.target,
    connectionRef: id,
    ...(targetUser && { targetUser }),
    ...(space && { space }),
  };
  const at = (timeUs: number): string => instantAfter(row.startedAt, timeUs);
  const event = (timeUs: number, name: "open" | "closed", cause?: string): RowDraft =>
    connectionEvent({ ...who, kind: row.kind, time: at(timeUs) }, name, cause);
  const rows: [name: string, draft: RowDraft][] = [
    ...(told || joins ? [] : [["open", event(0, "open")] satisfies [string, RowDraft]]),
    ...commands.map(({ timeUs, command, exitCode, origin }, place): [string, RowDraft] => {
      const offsetMs = Math.floor(timeUs / 1000);
      const code = exitCode === undefined ? {} : { exitCode };
      const said = { command: storable(command), outcome: "accepted", origin, offsetMs, ...code } as const;
      return [`command ${place + 1}`, { log: "commands", row: { ...who, time: at(timeUs), ...said } }];
    }),
    ...(told?.closed || joins
      ? []
      : [
          [
            "closed",
            event(screen.durationUs, "closed", told ? "Daybook was stopped" : "the recording ended"),
          ] satisfies [string, RowDraft],
        ]),
  ];
  const facts = { recording: id, sha256: row.sha256, format: info.format };
  const records = recordsOf(rows, id, row.connectionId, facts);
  if (records.length > 0) await tell(source, records, poster);
  await pool().query(
    `UPDATE recordings SET state = 'ready', duration_us = $3, target_user = coalesce(target_user, $4),
       format = $5, title = coalesce(title, $6), command = coalesce(command, $7), columns = $8, rows = $9, findings = $10,
       commands = $11, segments = $12
     WHERE organization_id = $1 AND id = $2`,
    [
      organizationId,
      id,
      screen.durationUs,
      targetUser ?? null,
      info.format,
      info.title ?? null,
      info.command ?? null,
      info.columns,
      info.rows,
      JSON.stringify(summary.findings),
      told && told.commands > 1 ? told.commands : commands.length,
      summary.segmentStartsUs.length,
    ],
  );
}

/** The UTC text of a moment so many microseconds after another. */
export function instantAfter(startedAt: string, offsetUs: number): string {
  const micros =
    Date.parse(`${startedAt.slice(0, 19)}Z`) * 1000 + Number(startedAt.slice(20, -1).padEnd(6, "0"));
  return instantOfMicros(micros + offsetUs) ?? startedAt;
}
