import "server-only";
import type { ClientBase } from "pg";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import type { Retention, RetentionCounts } from "../retention.ts";
import type { RetentionChange } from "../retention-change.ts";

const never: Retention = {
  recordingsDays: null,
  recordingsMinimumDays: null,
  updatedAt: null,
  updatedBy: null,
};

/** What an organization set; nothing when it never did. */
export async function readRetention(
  organizationId: string,
  client: Pick<ClientBase, "query"> = pool(),
): Promise<Retention> {
  const found = await client.query<Retention>(
    `SELECT recordings_days AS "recordingsDays", recordings_minimum_days AS "recordingsMinimumDays",
       ${utcText("updated_at")} AS "updatedAt", updated_by AS "updatedBy"
     FROM retention WHERE organization_id = $1`,
    [organizationId],
  );
  return found.rows[0] ?? never;
}

/** What there is, and how much of it would go. @param days null deletes nothing */
export async function countRetained(organizationId: string, days: number | null): Promise<RetentionCounts> {
  const counted = await pool().query<RetentionCounts>(
    `SELECT count(*)::int AS kept, coalesce(sum(bytes), 0)::double precision AS bytes,
       (count(*) FILTER (WHERE hold))::int AS held,
       (count(*) FILTER (WHERE NOT hold AND state NOT IN ('live', 'logged')
          AND received_at + make_interval(days => $2::int) <= now()))::int AS due
     FROM recordings WHERE organization_id = $1 AND deleted_at IS NULL`,
    [organizationId, days],
  );
  const [counts] = counted.rows;
  if (!counts) throw new Error("A count has one row");
  return counts;
}

/** Sets how long recordings are kept, those that are there included. */
export async function changeRetention(
  principal: Principal,
  { reason, ...wish }: RetentionChange,
): Promise<Retention> {
  const { organizationId, organizationName, email } = principal;
  const { recordingsDays, recordingsMinimumDays } = await readRetention(organizationId);
  return await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "retention:update",
      target: { name: organizationName, id: organizationId },
      custom: { reason },
      original: { recordingsDays, recordingsMinimumDays },
      updated: wish,
    },
    async (client) => {
      await client.query(
        `INSERT INTO retention (organization_id, recordings_days, recordings_minimum_days, updated_by)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization_id) DO UPDATE SET recordings_days = excluded.recordings_days,
           recordings_minimum_days = excluded.recordings_minimum_days, updated_by = excluded.updated_by, updated_at = now()`,
        [organizationId, wish.recordingsDays, wish.recordingsMinimumDays, email],
      );
      await client.query(
        `UPDATE recordings SET expires_at = received_at + make_interval(days => $2::int)
         WHERE organization_id = $1 AND deleted_at IS NULL`,
        [organizationId, wish.recordingsDays],
      );
      return await readRetention(organizationId, client);
    },
  );
}
