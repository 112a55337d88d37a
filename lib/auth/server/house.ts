import "server-only";
import { pool } from "@/lib/db/client.ts";

let house: string | undefined;

/**
 * The organization that was made first, whose superusers look after the installation: what nobody known did
 * (a failed sign-in under an unknown name) is on its record.
 *
 * @throws Error before the first run made it
 */
export async function houseOrganizationId(): Promise<string> {
  if (house !== undefined) return house;
  const first = await pool().query<{ id: string }>(
    "SELECT id FROM organizations ORDER BY created_at, id LIMIT 1",
  );
  house = first.rows[0]?.id;
  if (house === undefined) throw new Error("There is no organization yet");
  return house;
}
