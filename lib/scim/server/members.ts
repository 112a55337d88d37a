import "server-only";
import { beginWorkflow, type OpenWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { writeGroups } from "@/lib/groups/server/user-scope.ts";
import { isUuid } from "@/lib/http/id.ts";
import { groupsOf } from "@/lib/sso/server/sync-groups.ts";
import { actorOf, type ScimContext } from "./context.ts";
import { scimFault } from "./errors.ts";

/** Members that one request may add or take away. */
const mostChanges = 1000;

type GroupWithMembers = {
  id: string;
  externalId: string | null;
  members: readonly { value: string }[];
};

/** Puts accounts of the provider into a group and takes others of it out, each as a workflow, all in one transaction. */
export async function setMembers(
  context: ScimContext,
  { id: groupId, members, externalId }: GroupWithMembers,
  wanted: readonly string[],
): Promise<void> {
  const held = new Set(members.map(({ value }) => value));
  const changed = [
    ...wanted.filter((id) => !held.has(id)),
    ...[...held].filter((id) => !wanted.includes(id)),
  ];
  if (changed.length === 0) return;
  if (changed.length > mostChanges)
    throw scimFault(413, `members: at most ${mostChanges} change in one request.`, "tooMany");
  const open: { id: string; workflow: OpenWorkflow }[] = [];
  try {
    for (const id of changed) {
      const group = { id: groupId, externalId, leaves: held.has(id) };
      const workflow = await beginAssignment(context, id, group);
      open.push({ id, workflow });
    }
    await inTransaction(async (client) => {
      for (const { id, workflow } of open) {
        const now = (await groupsOf(client, id)).map((group) => group.id);
        const wished = held.has(id) ? now.filter((one) => one !== groupId) : [...now, groupId];
        const { after } = await writeGroups(client, context.provider.organizationId, id, wished);
        await workflow.done(client, { updated: { groups: after } });
      }
    });
  } catch (error) {
    for (const { workflow } of open) await reportFailure(workflow, error);
    throw error;
  }
}

/** `userscope:assign` is of the first groups and `k1scope:assign` of a group of K1; what else changes is an update. */
async function beginAssignment(
  context: ScimContext,
  userId: string,
  group: { id: string; externalId: string | null; leaves: boolean },
): Promise<OpenWorkflow> {
  const user = await pool().query<{ email: string }>("SELECT email FROM users WHERE id = $1", [userId]);
  const email = user.rows[0]?.email ?? userId;
  const groups = await groupsOf(pool(), userId);
  const others = groups.flatMap(({ id }) => (id === group.id ? [] : [id]));
  const isK1 = context.provider.kind === "k1" && !group.leaves;
  return await beginWorkflow({
    actor: actorOf(context),
    ...(isK1
      ? {
          workflowType: "k1scope:assign" as const,
          custom: { userId, username: email, k1GroupIds: [group.externalId ?? group.id] },
        }
      : {
          workflowType: groups.length === 0 ? ("userscope:assign" as const) : ("userscope:update" as const),
          custom: { userId, username: email, groupIds: group.leaves ? others : [...others, group.id] },
        }),
    target: { name: email, id: userId },
    original: { groups },
  });
}

/** Members must be accounts of the provider. */
export async function checkedMembers(
  { provider }: ScimContext,
  members: readonly { value: string }[],
): Promise<string[]> {
  const ids = [...new Set(members.map(({ value }) => value))];
  const found = await pool().query<{ id: string }>(
    `SELECT l.user_id AS id FROM identity_links l JOIN users u ON u.id = l.user_id
     WHERE l.provider_id = $1 AND u.organization_id = $2 AND l.user_id = ANY($3::uuid[])`,
    [provider.id, provider.organizationId, ids.filter(isUuid)],
  );
  const known = new Set(found.rows.map(({ id }) => id));
  const strange = ids.filter((id) => !known.has(id));
  if (strange.length > 0)
    throw scimFault(
      400,
      `members: ${strange.length} of them are no accounts of this provider.`,
      "invalidValue",
    );
  return ids;
}
