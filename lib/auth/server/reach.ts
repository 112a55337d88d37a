import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";

/**
 * The {@link Reach} of a user `u` at this moment, as JSON. Superusers reach everything, as does who has the global
 * scope, oneself or through a group; everybody else what the scopes of their groups name. Groups of another
 * organization count for nothing. It holds no values: its text stands in other statements.
 */
export const reachOfUser = Prisma.sql`CASE WHEN u.role = 'superuser' OR u.global_scope OR EXISTS (
    SELECT FROM group_members m JOIN groups g ON g.id = m.group_id
    WHERE m.user_id = u.id AND g.organization_id = u.organization_id AND g.global_scope) THEN '"all"'::json
  ELSE (
    SELECT json_build_object(
      'spaces', coalesce(json_agg(DISTINCT s.name) FILTER (WHERE s.kind = 'space'), '[]'),
      'targets', coalesce(json_agg(DISTINCT s.name) FILTER (WHERE s.kind = 'target'), '[]'))
    FROM group_members m JOIN groups g ON g.id = m.group_id JOIN group_scopes s ON s.group_id = g.id
    WHERE m.user_id = u.id AND g.organization_id = u.organization_id) END`;
