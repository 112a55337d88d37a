import { pool } from "@/lib/db/client.ts";

/** One step of a workflow, as the audit log has it. */
export type ToldStep = {
  event: string;
  workflow: string;
  initiator: string;
  type: string;
  custom: { [name: string]: unknown };
  before: unknown;
  after: unknown;
};

/** What the audit log says of an account in workflows of some types, oldest first. */
export async function toldOf(email: string, ...workflowTypes: string[]): Promise<ToldStep[]> {
  const found = await pool().query<ToldStep>(
    `SELECT event_type AS event, workflow_id AS workflow, initiator, initiator_type AS type, custom_values AS custom,
            original_state AS before, updated_state AS after
     FROM audit_events WHERE target = $1 AND workflow_type = ANY($2) ORDER BY xid8, seq`,
    [email, workflowTypes],
  );
  return found.rows;
}
