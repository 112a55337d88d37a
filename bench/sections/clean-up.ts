import { type OrganizationKey, organizationId } from "../build/organizations.ts";
import type { Context } from "./context.ts";

const logs = [
  "connection_events",
  "commands",
  "user_events",
  "connections",
  "log_counts",
  "log_count_deltas",
  "targets",
  "spaces",
];

/**
 * Takes away what was ingested, so that the next measure and the next run find the same tables. Only the
 * superuser of the bench's own database can: the record keeps its rows from everybody else.
 */
export async function removeIngested({ client }: Pick<Context, "client">): Promise<void> {
  const keys: OrganizationKey[] = ["ingestion", "baseline"];
  const ids = keys.map(organizationId);
  await client.query("BEGIN; SET LOCAL session_replication_role = replica");
  for (const table of logs) await client.query(`DELETE FROM ${table} WHERE organization_id = ANY($1)`, [ids]);
  for (const table of ["record_receipts", "source_health", "source_minutes"]) {
    await client.query(
      `DELETE FROM ${table} WHERE source_id IN (SELECT id FROM sources WHERE organization_id = ANY($1))`,
      [ids],
    );
  }
  await client.query("COMMIT");
  await client.query(`VACUUM (ANALYZE) ${[...logs, "record_receipts"].join(", ")}`);
}
