import "server-only";
import type { ClientBase } from "pg";
import { groupBy } from "@/lib/record/group-by.ts";
import type { RecordRow } from "@/lib/record/server/insert.ts";
import type { DraftOf } from "../rows.ts";
import { joinRequests, type RequestLine } from "../session-requests.ts";
import { Slices } from "./turns.ts";

type RequestRow = RecordRow<"session-requests">;

/** Stored lines of a session that are looked at before and behind the new ones, and among them. */
const around = 30;
const among = 4000;

/**
 * Joins new lines about requests to each other and to lines that are stored; the source is locked meanwhile.
 * @param rows changed in place: `requestKey` and `stageRank` are set, an end has what its start said
 */
export async function joinSessionRequests(
  client: ClientBase,
  organizationId: string,
  rows: readonly RequestRow[],
): Promise<void> {
  const parted = groupBy(
    rows.filter(({ row }) => row.part !== "whole"),
    ({ connectionId }) => connectionId ?? "",
  );
  if (parted.size === 0) return;
  const stored = await readNeighbours(client, organizationId, parted);
  const whole = groupBy(
    rows.filter(({ row, connectionId }) => row.part === "whole" && parted.has(connectionId ?? "")),
    ({ connectionId }) => connectionId ?? "",
  );
  const slices = new Slices();
  for (const [connectionId, some] of parted) {
    const rest = slices.rest();
    if (rest) await rest;
    const fresh = [...some, ...(whole.get(connectionId) ?? [])].map((entry) => ({
      entry,
      line: lineOf(entry),
    }));
    joinRequests([...(stored.get(connectionId) ?? []), ...fresh.map(({ line }) => line)]);
    for (const { entry, line } of fresh) {
      entry.row = line.row;
      entry.requestKey = line.key;
      entry.stageRank = line.rank;
    }
  }
}

const ranks = { start: 0, end: 1, whole: 2 } as const;

function lineOf({ row, sourceRecordId }: RequestRow): RequestLine {
  return { row, key: sourceRecordId, rank: ranks[row.part], stored: false };
}

type Stored = DraftOf<"session-requests"> & { connectionId: string; key: string; rank: number };

const columns = `r.connection_id AS "connectionId", r.request_key AS key, r.stage_rank AS rank, r.part,
  r.place::double precision AS place, to_char(r.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
  r.user_name AS "user", r.target, r.kind, r.request, r.outcome, r.target_user AS "targetUser", r.space, r.method,
  r.parameters, r.code, r.error, r.duration_us::double precision AS "durationUs", r.database, r.host,
  r.client_address AS "clientAddress", r.client_software AS "clientSoftware"`;

async function readNeighbours(
  client: ClientBase,
  organizationId: string,
  byConnection: ReadonlyMap<string, readonly RequestRow[]>,
): Promise<Map<string, RequestLine[]>> {
  const spans = [...byConnection].map(([id, rows]) => {
    const times = rows.map(({ row }) => row.time).sort();
    return { id, first: times[0] ?? "", last: times.at(-1) ?? "" };
  });
  const part = (condition: string, order: string, limit: number): string =>
    `(SELECT ${columns} FROM session_requests r WHERE r.organization_id = $1 AND r.connection_id = t.id AND ${condition}
      ORDER BY r.time ${order}, r.id ${order} LIMIT ${limit})`;
  const parts = [
    part("r.time < t.first", "DESC", around),
    part("r.time >= t.first AND r.time <= t.last", "ASC", among),
    part("r.time > t.last", "ASC", around),
  ];
  const found = await client.query<Stored>(
    `SELECT r.* FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS t (id, first, last)
     CROSS JOIN LATERAL (${parts.join(" UNION ALL ")}) r`,
    [
      organizationId,
      spans.map(({ id }) => id),
      spans.map(({ first }) => first),
      spans.map(({ last }) => last),
    ],
  );
  const lines = found.rows.map((row) => ({ row: withoutNulls(row), ...row }));
  return new Map(
    [...groupBy(lines, ({ connectionId }) => connectionId)].map(([id, some]) => [
      id,
      some.map(({ row, key, rank }) => ({ row, key, rank, stored: true })),
    ]),
  );
}

/** A draft has no field where a row has NULL. */
function withoutNulls({ connectionId, key: _key, rank: _rank, ...row }: Stored): DraftOf<"session-requests"> {
  const given = Object.entries(row).filter(([, value]) => value !== null);
  return { ...(Object.fromEntries(given) as Omit<Stored, "connectionId">), connectionRef: connectionId };
}
