import "server-only";
import type { ClientBase } from "pg";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { utcText } from "@/lib/db/utc-text.ts";
import type { Principal } from "../principal.ts";
import { type Role, roles } from "../roles.ts";
import { defaultPolicy, type RoleCounts, type SignInPolicy } from "../sign-in-policy.ts";
import type { SignInPolicyChange } from "../sign-in-policy-change.ts";

/** The limits of a session in SQL over `sign_in_policies p`, which may be missing. */
export const idleSql = `make_interval(mins => coalesce(p.idle_minutes, ${defaultPolicy.idleMinutes}))`;
export const absoluteSql = `make_interval(hours => coalesce(p.absolute_hours, ${defaultPolicy.absoluteHours}))`;

/** Whether the policy `p`, which may be missing, asks the user `u` for a second factor. */
export const secondFactorRequiredSql = "coalesce(u.role = ANY(p.second_factor_roles), false)";

/** What an organization set, or the default. */
export async function readSignInPolicy(
  organizationId: string,
  client: Pick<ClientBase, "query"> = pool(),
): Promise<SignInPolicy> {
  const found = await client.query<SignInPolicy>(
    `SELECT second_factor_roles AS "secondFactorRoles", idle_minutes AS "idleMinutes", absolute_hours AS "absoluteHours",
       ${utcText("updated_at")} AS "updatedAt", updated_by AS "updatedBy"
     FROM sign_in_policies WHERE organization_id = $1`,
    [organizationId],
  );
  return found.rows[0] ?? defaultPolicy;
}

/** Whom a policy is about. */
export async function countSecondFactors(organizationId: string): Promise<RoleCounts> {
  const found = await pool().query<RoleCounts[Role] & { role: string }>(
    `SELECT u.role, count(*)::int AS people, count(f.user_id)::int AS "withSecondFactor"
     FROM users u LEFT JOIN second_factors f ON f.user_id = u.id AND f.confirmed_at IS NOT NULL
     WHERE u.organization_id = $1 AND u.status = 'active' AND u.password_hash IS NOT NULL GROUP BY u.role`,
    [organizationId],
  );
  const none = { people: 0, withSecondFactor: 0 };
  const countOf = (wanted: Role) => {
    const { role: _, ...counted } = found.rows.find(({ role }) => role === wanted) ?? {
      role: wanted,
      ...none,
    };
    return counted;
  };
  return {
    superuser: countOf("superuser"),
    admin: countOf("admin"),
    auditor: countOf("auditor"),
    member: countOf("member"),
  };
}

/** Sets what is asked of those who sign in; sessions that are open are held to it from their next request on. */
export async function changeSignInPolicy(
  principal: Principal,
  { reason, ...wish }: SignInPolicyChange,
): Promise<SignInPolicy> {
  const { organizationId, organizationName, email } = principal;
  const { secondFactorRoles, idleMinutes, absoluteHours } = await readSignInPolicy(organizationId);
  const updated = {
    ...wish,
    secondFactorRoles: roles.filter((role) => wish.secondFactorRoles.includes(role)),
  };
  return await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "signInPolicy:update",
      target: { name: organizationName, id: organizationId },
      custom: { reason },
      original: { secondFactorRoles, idleMinutes, absoluteHours },
      updated,
    },
    async (client) => {
      await client.query(
        `INSERT INTO sign_in_policies (organization_id, second_factor_roles, idle_minutes, absolute_hours, updated_by)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (organization_id) DO UPDATE SET second_factor_roles = excluded.second_factor_roles,
           idle_minutes = excluded.idle_minutes, absolute_hours = excluded.absolute_hours,
           updated_by = excluded.updated_by, updated_at = now()`,
        [organizationId, updated.secondFactorRoles, updated.idleMinutes, updated.absoluteHours, email],
      );
      return await readSignInPolicy(organizationId, client);
    },
  );
}
