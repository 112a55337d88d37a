import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { isUuid } from "@/lib/http/id.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import type { Group } from "../group.ts";
import { getGroup } from "./read.ts";
import { changeMembership } from "./user-scope.ts";

/**
 * Puts somebody into a group, as a workflow of their groups.
 * @param user the address or the id of the person
 * @throws Problem 404 when there is no such group or user, 403 when the user's role is above the caller's, 409 when
 *   the user is in it already
 */
export async function addMember(principal: Principal, groupId: string, user: string): Promise<Group> {
  await getGroup(principal, groupId);
  const found = await pool().query<{ id: string }>(
    `SELECT id FROM users WHERE organization_id = $1 AND ${isUuid(user) ? "id = $2::uuid" : "lower(email) = lower($2)"}`,
    [principal.organizationId, user],
  );
  const [{ id } = { id: undefined }] = found.rows;
  if (id === undefined) throw notFound("There is no such user.");
  if (!(await changeMembership(principal, id, groupId, true)))
    throw new Problem(409, "The user is in the group already.");
  return getGroup(principal, groupId);
}

/** Takes somebody out of a group. @throws Problem 404 when there is no such group, or the user is not in it; 403 */
export async function removeMember(principal: Principal, groupId: string, userId: string): Promise<Group> {
  await getGroup(principal, groupId);
  if (!(await changeMembership(principal, userId, groupId, false)))
    throw notFound("The user is not in the group.");
  return getGroup(principal, groupId);
}
