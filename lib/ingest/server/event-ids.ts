import "server-only";
import type { ClientBase } from "pg";
import { storable } from "@/lib/record/text.ts";
import type { DraftOf, JsonTexts } from "../rows.ts";
import type { PreparedRecord } from "./prepare.ts";

/** Lets those who bring audit events with Ids of their own take turns in an organization, until the transaction ends. */
export async function lockEventIds(client: ClientBase, organizationId: string): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('audit event ids ' || $1::uuid, 0))", [
    organizationId,
  ]);
}

/** Of an event whose Id the organization has already: the same content, or other. */
export type KnownEvent = "same" | "other";

/**
 * Looks for events whose Id stands in the audit log of the organization, from whatever source, or in a record before.
 * @returns those records; the others are new
 */
export async function findKnownEvents(
  client: Pick<ClientBase, "query">,
  organizationId: string,
  records: readonly PreparedRecord[],
): Promise<Map<PreparedRecord, KnownEvent>> {
  const events = records.flatMap((record) =>
    eventsOf(record, organizationId).map((event) => ({ record, ...event })),
  );
  const contents = await contentsOf(client, organizationId, [...new Set(events.map(({ id }) => id))]);
  const known = new Map<PreparedRecord, KnownEvent>();
  for (const { record, id, content } of events) {
    const before = contents.get(id);
    if (before === undefined) contents.set(id, content);
    else if (before !== content) known.set(record, "other");
    else if (known.get(record) !== "other") known.set(record, "same");
  }
  return known;
}

/** Whether a record brings an audit event under an Id of its own. */
export function bringsEventId(record: PreparedRecord): boolean {
  return (record.rows ?? []).some(({ log, row }) => log === "audit-log" && "eventId" in row);
}

function eventsOf({ rows = [] }: PreparedRecord, organizationId: string): { id: string; content: string }[] {
  return rows.flatMap((draft) => {
    if (draft.log !== "audit-log" || draft.row.eventId === undefined) return [];
    return [
      { id: draft.row.eventId.toLowerCase(), content: contentOf(draft.row, draft.json, organizationId) },
    ];
  });
}

const texts = [
  ["eventId", "event_id"],
  ["tenantId", "tenant_id"],
  ["workflowId", "workflow_id"],
  ["workflowType", "workflow_type"],
  ["eventType", "event_type"],
  ["eventDescription", "event_description"],
  ["initiator", "initiator"],
  ["initiatorType", "initiator_type"],
  ["initiatorId", "initiator_id"],
  ["target", "target"],
  ["targetType", "target_type"],
  ["targetId", "target_id"],
  ["operationStatus", "operation_status"],
] as const;
const states = [
  ["customValues", "custom_values"],
  ["originalState", "original_state"],
  ["updatedState", "updated_state"],
] as const;

/** The 17 columns, as they will be stored: the same text for the same content. */
export function contentOf(
  row: DraftOf<"audit-log">,
  json: JsonTexts | undefined,
  organizationId: string,
): string {
  const [second = "", fraction = ""] = row.time.slice(0, -1).split(".");
  const values = texts.map(([field]) => {
    const value = row[field] ?? (field === "tenantId" ? organizationId : undefined);
    return value === undefined ? null : storable(value);
  });
  const jsons = states.map(([field]) => {
    const value = row[field];
    return json?.[field] ?? (value === undefined || value === null ? null : JSON.stringify(value));
  });
  return JSON.stringify([`${second}.${fraction.padEnd(6, "0")}Z`, ...values, ...jsons]);
}

const contentSql = `SELECT id, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
    ARRAY[${[...texts.map(([, column]) => column), ...states.map(([, column]) => `${column}::text`)].join(", ")}] AS values
  FROM audit_events WHERE organization_id = $1 AND id = ANY($2::uuid[])`;

async function contentsOf(
  client: Pick<ClientBase, "query">,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await client.query<{ id: string; time: string; values: (string | null)[] }>(contentSql, [
    organizationId,
    ids,
  ]);
  return new Map(found.rows.map(({ id, time, values }) => [id, JSON.stringify([time, ...values])]));
}
