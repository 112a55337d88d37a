import "server-only";
import type { ClientBase } from "pg";
import { v5 as uuidv5 } from "uuid";
import { byAddress, privateNetwork } from "@/lib/places/names.ts";
import { storable } from "@/lib/record/text.ts";
import type { IngestKind } from "../define.ts";
import type { RowDraft } from "../rows.ts";

/** What is known of the newest connection that a reference named. */
type Instance = { id: string; opened: boolean; over: boolean; lastMs: number };

/**
 * How long after its last event a reference that may be reused (address and port) still means the same
 * connection: longer than sshd's LoginGraceTime, far shorter than a client port takes to come round.
 */
const reuseAfterMs = 150_000;

/** Gives rows the ids of their connections, in the order in which they came. */
export class ConnectionIds {
  readonly #sourceId: string;
  readonly #refs: IngestKind["connectionRefs"];
  readonly #instances = new Map<string, Instance>();

  constructor(sourceId: string, refs: IngestKind["connectionRefs"]) {
    this.#sourceId = sourceId;
    this.#refs = refs;
  }

  /** Reads the newest connections of references that may be reused; the source is locked meanwhile. */
  async load(client: ClientBase, refs: Iterable<string>): Promise<void> {
    const wanted = [...new Set([...refs].map(storable))];
    if (this.#refs === "unique" || wanted.length === 0) return;
    const found = await client.query<{
      id: string;
      ref: string;
      status: string;
      outcome: string;
      last: string;
    }>(
      `SELECT DISTINCT ON (ref) id, ref, status, outcome, extract(epoch FROM last_event_time) * 1000 AS last
       FROM connections WHERE source_id = $1 AND ref = ANY($2) ORDER BY ref, time DESC`,
      [this.#sourceId, wanted],
    );
    for (const { id, ref, status, outcome, last } of found.rows) {
      const denied = outcome === "denied";
      this.#instances.set(ref, {
        id,
        opened: !denied,
        over: status === "closed" && !denied,
        lastMs: Number(last),
      });
    }
  }

  /** The id of the connection that a row belongs to. */
  of(given: string, draft: RowDraft, recordId: string): string {
    const ref = storable(given);
    if (this.#refs === "unique") return uuidv5(ref, this.#sourceId);
    const atMs = Date.parse(draft.row.time);
    const event = draft.log === "connection-events" ? draft.row : undefined;
    const opens = event?.event === "open";
    const known = this.#instances.get(ref);
    const same = known !== undefined && atMs - known.lastMs <= reuseAfterMs && !(opens && known.opened);
    const still = known?.opened && !known.over && !opens;
    const instance =
      known && (same || still)
        ? known
        : {
            id: uuidv5(`${ref} ${draft.row.time} ${recordId}`, this.#sourceId),
            opened: false,
            over: false,
            lastMs: atMs,
          };
    instance.lastMs = Math.max(instance.lastMs, atMs);
    instance.opened ||= opens;
    if (event?.event === "closed" && instance.opened) instance.over = true;
    this.#instances.set(ref, instance);
    return instance.id;
  }
}

/** The place of one event. What its address alone says of it is that it is nobody's in public. */
const placeSql = `coalesce(nullif(concat_ws(', ', city, country), ''),
  CASE place_source WHEN '${byAddress}' THEN '${privateNetwork}' END)`;

/**
 * The projection of connection events onto connections, one statement for the running update and for the
 * rebuild, so that both give the same rows. What names the connection comes from its open event, else from
 * the earliest that says it; it is closed when nothing opened it after its last closing.
 */
function projectionSql(events: string): string {
  const first = (column: string): string =>
    `(array_agg(${column} ORDER BY (event = 'open') DESC, time, id) FILTER (WHERE ${column} IS NOT NULL))[1]`;
  const latest = (column: string, filter: string): string =>
    `(array_agg(${column} ORDER BY time DESC, id DESC) FILTER (WHERE ${filter}))[1]`;
  const status = `CASE
      WHEN ${latest("event", "event IN ('open', 'closed')")} = 'closed' THEN 'closed'
      WHEN ${latest("event", "event <> 'closed'")} = 'disconnected' THEN 'inactive'
      ELSE 'opened' END`;
  const columns = {
    source_id: first("source_id"),
    ref: first("connection_ref"),
    time: "min(time)",
    end_time: `CASE WHEN ${latest("event", "event IN ('open', 'closed')")} = 'closed' THEN max(time) FILTER (WHERE event = 'closed') END`,
    last_event_time: "max(time)",
    user_name: first("user_name"),
    status,
    outcome: `CASE WHEN bool_or(outcome = 'denied') AND NOT bool_or(event = 'open') THEN 'denied' ELSE 'allowed' END`,
    space: first("space"),
    target_user: first("target_user"),
    target: first("target"),
    kind: first("kind"),
    client_address: first("client_address"),
    client_software: first("client_software"),
    place: first(placeSql),
    place_source: first(`CASE WHEN ${placeSql} IS NOT NULL THEN coalesce(place_source, 'the source') END`),
    // Who ended it by Daybook says more than the words in which the source saw it end.
    cause: `coalesce(${latest("cause", "event = 'closed' AND source_record_id LIKE 'daybook:kill:%'")}, ${latest("cause", "event = 'closed' AND cause IS NOT NULL")})`,
    events: "count(*)::int",
  };
  const names = Object.keys(columns);
  return `INSERT INTO connections (organization_id, id, ${names.join(", ")})
    SELECT organization_id, connection_id, ${Object.values(columns).join(", ")}
    FROM ${events} GROUP BY organization_id, connection_id
    ON CONFLICT (organization_id, id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(", ")}`;
}

/**
 * The events of the connections that were touched, each looked for only between its first and its last: with
 * every month that is kept there is a partition more to look into. OFFSET 0 keeps the index of connections in
 * use, whatever the planner expects.
 */
const updateSql = projectionSql(`unnest($2::uuid[]) AS touched (connection)
    LEFT JOIN LATERAL (SELECT time AS first_time, last_event_time AS last_time FROM connections
      WHERE organization_id = $1 AND id = touched.connection) AS known ON true
    CROSS JOIN LATERAL (SELECT * FROM connection_events
      WHERE organization_id = $1 AND connection_id = touched.connection
        AND time >= least(known.first_time, $3::timestamptz) AND time <= greatest(known.last_time, $4::timestamptz)
      OFFSET 0) AS touching`);
const rebuildSql = projectionSql("connection_events WHERE organization_id = $1");

/** Brings connections up to date after events of theirs were written in the same transaction. */
export async function projectConnections(
  client: ClientBase,
  organizationId: string,
  events: readonly { connectionId?: string; row: { time: string } }[],
): Promise<void> {
  const ids = new Set<string>();
  const seconds = { first: "9999", last: "0000" };
  for (const { connectionId, row } of events) {
    if (connectionId === undefined) continue;
    ids.add(connectionId);
    const second = row.time.slice(0, 19);
    if (second < seconds.first) seconds.first = second;
    if (second > seconds.last) seconds.last = second;
  }
  if (ids.size === 0) return;
  const values = [organizationId, [...ids].sort(), `${seconds.first}Z`, `${seconds.last}.999999Z`];
  await client.query({ name: "project connections", text: updateSql, values });
}

/** Makes all connections of an organization anew from their events. */
export async function rebuildConnections(client: ClientBase, organizationId: string): Promise<void> {
  await client.query("DELETE FROM connections WHERE organization_id = $1", [organizationId]);
  await client.query(rebuildSql, [organizationId]);
}
