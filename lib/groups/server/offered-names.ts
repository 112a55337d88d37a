import "server-only";
import { pool } from "@/lib/db/client.ts";
import { mostNames, type OfferedNames } from "../group.ts";

/** Spaces and targets that records have named, and people, for the forms of groups: the first of each by name. */
export async function listOfferedNames(organizationId: string): Promise<OfferedNames> {
  const names = async (sql: string): Promise<string[]> => {
    const found = await pool().query<{ name: string }>(`${sql} ORDER BY 1 LIMIT ${mostNames}`, [
      organizationId,
    ]);
    return found.rows.map(({ name }) => name);
  };
  const [spaces, targets, people] = await Promise.all([
    names("SELECT name FROM spaces WHERE organization_id = $1"),
    names("SELECT DISTINCT name FROM targets WHERE organization_id = $1 AND deleted_at IS NULL"),
    names("SELECT email AS name FROM users WHERE organization_id = $1"),
  ]);
  return { spaces, targets, people };
}
