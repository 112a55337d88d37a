import "server-only";
import { pool } from "@/lib/db/client.ts";

/** Whether an organization is the one that the samples were loaded into. */
export async function isSampleOrganization(organizationId: string): Promise<boolean> {
  const found = await pool().query(
    "SELECT 1 FROM sources WHERE organization_id = $1 AND kind = 'daybook' AND settings ? 'samples'",
    [organizationId],
  );
  return found.rowCount !== 0;
}
