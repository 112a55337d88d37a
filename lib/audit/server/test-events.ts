import { pool } from "@/lib/db/client.ts";

/** A row of the audit log as tests write it: what they do not care about is filled in. */
export type TestEvent = {
  time: string;
  category?: string;
  workflowId?: string;
  workflowType?: string;
  eventType?: string;
  description?: string;
  initiator?: string;
  target?: string | null;
  status?: string;
  custom?: string | null;
  original?: string | null;
  updated?: string | null;
};

/** Writes rows as they are, past the checks of ingestion. Texts of JSON are kept to the letter. */
export async function insertEvents(
  organizationId: string,
  sourceId: string,
  events: readonly TestEvent[],
): Promise<void> {
  const times = [...new Set(events.map(({ time }) => `${time.slice(0, 7)}-01`))];
  for (const month of times) await pool().query("SELECT ensure_partition('audit_events', $1)", [month]);
  for (const event of events) {
    const id = crypto.randomUUID();
    await pool().query(
      `INSERT INTO audit_events (organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw,
         event_id, tenant_id, category, workflow_id, workflow_type, event_type, event_description, initiator,
         initiator_type, initiator_id, target, target_type, target_id, operation_status, custom_values, original_state,
         updated_state)
       VALUES ($1::uuid, $2, $3::uuid, now(), $4, $3::uuid::text, '', '', $3::uuid::text, $1::uuid::text, $5, $6, $7, $8, $9, $10, 'tenant-user', 'i-1',
         $11, 'user', 't-1', $12, $13, $14, $15)`,
      [
        organizationId,
        event.time,
        id,
        sourceId,
        event.category ?? "User Management",
        event.workflowId ?? id,
        event.workflowType ?? "user:creation",
        event.eventType ?? "user:created",
        event.description ?? "Created user",
        event.initiator ?? "ann@example.org",
        event.target === undefined ? "bob@example.org" : event.target,
        event.status ?? "success",
        event.custom ?? null,
        event.original ?? null,
        event.updated ?? null,
      ],
    );
  }
}
