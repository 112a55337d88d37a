import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";

/** Of `session_shares s`: those that give access at this moment. The end date is the last day, in UTC. */
export const openShares = Prisma.sql`s.revoked_at IS NULL AND s.until >= (now() AT TIME ZONE 'UTC')::date`;

/** The connections that are shared with a person at this moment. */
export function sharedConnections(organizationId: string, userId: string): Prisma.Sql {
  return Prisma.sql`SELECT s.connection_id FROM session_shares s
    WHERE s.organization_id = ${organizationId}::uuid AND s.user_id = ${userId}::uuid AND ${openShares}`;
}
