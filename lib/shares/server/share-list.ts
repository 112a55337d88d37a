import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { identifier } from "@/lib/logs/server/sql.ts";
import type { ShareLine } from "../share.ts";
import { openShares } from "./shared.ts";

const utc = (column: "created_at" | "revoked_at"): Prisma.Sql =>
  Prisma.sql`to_char(s.${identifier(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Who has, or had, access to a session, the newest first. That there is such a connection is for the caller to see. */
export async function sharesOf(organizationId: string, connectionId: string): Promise<ShareLine[]> {
  const found = await pool().query<ShareLine>(Prisma.sql`
    SELECT s.id, json_build_object('id', u.id, 'email', u.email, 'name', u.name) AS user, s.reason,
      to_char(s.until, 'YYYY-MM-DD') AS until, ${utc("created_at")} AS "createdAt", s.created_by AS "createdBy",
      ${utc("revoked_at")} AS "revokedAt", s.revoked_by AS "revokedBy",
      CASE WHEN s.revoked_at IS NOT NULL THEN 'revoked' WHEN ${openShares} THEN 'open' ELSE 'over' END AS state
    FROM session_shares s JOIN users u ON u.id = s.user_id
    WHERE s.organization_id = ${organizationId}::uuid AND s.connection_id = ${connectionId}::uuid
    ORDER BY s.created_at DESC, s.id DESC`);
  return found.rows;
}
