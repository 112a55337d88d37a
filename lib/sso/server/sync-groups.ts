import "server-only";
import type { ClientBase } from "pg";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { writeGroups } from "@/lib/groups/server/user-scope.ts";
import { providerActor } from "./actor.ts";
import type { Provider } from "./providers.ts";

type Group = { id: string; name: string };

/**
 * Puts a person into the groups that the access groups of a sign-in stand for, and takes them out of those that
 * the provider's other access groups stand for. Groups that stand for none are left alone. It is a workflow of its
 * own: always for K1, for others where something changes.
 *
 * @returns the names of Daybook's groups that the access groups stand for
 */
export async function syncGroups(
  provider: Provider,
  user: { id: string; email: string },
  values: readonly string[],
): Promise<string[]> {
  const before = await groupsOf(pool(), user.id);
  const mapped = await mappedGroups(provider, values);
  const given = new Set(mapped.filter(({ present }) => present).map(({ id }) => id));
  const taken = mapped.filter(({ id, present }) => !present && !given.has(id)).map(({ id }) => id);
  const held = new Set(before.map(({ id }) => id));
  const changes = [...given].some((id) => !held.has(id)) || taken.some((id) => held.has(id));
  const names = [...new Set(mapped.filter(({ id }) => given.has(id)).map(({ name }) => name))];
  if (!changes && provider.kind !== "k1") return names;
  const wanted = [...new Set([...[...held].filter((id) => !taken.includes(id)), ...given])];
  await runWorkflow(
    {
      actor: providerActor(provider),
      ...(provider.kind === "k1"
        ? {
            workflowType: "cooperbotk1accessgroups:sync" as const,
            custom: { username: user.email, k1AccessGroupIds: [...values] },
          }
        : {
            workflowType: before.length === 0 ? ("userscope:assign" as const) : ("userscope:update" as const),
            custom: { userId: user.id, username: user.email, groupIds: wanted },
          }),
      target: { name: user.email, id: user.id },
      original: { groups: before },
      updated: (after: Group[]) => ({ groups: after }),
    },
    async (client) => {
      const now = (await groupsOf(client, user.id)).map((group) => group.id);
      const kept = now.filter((id) => !taken.includes(id));
      const { after } = await writeGroups(client, provider.organizationId, user.id, [...kept, ...given]);
      return after;
    },
  );
  return names;
}

/** The groups of an account, by name. */
export async function groupsOf(client: Pick<ClientBase, "query">, userId: string): Promise<Group[]> {
  const found = await client.query<Group>(
    `SELECT g.id, g.name FROM group_members m JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = $1 ORDER BY g.name, g.id`,
    [userId],
  );
  return found.rows;
}

async function mappedGroups(
  { id, organizationId }: Provider,
  values: readonly string[],
): Promise<(Group & { present: boolean })[]> {
  const found = await pool().query<Group & { present: boolean }>(
    `SELECT g.id, g.name, v.value = ANY($3) AS present
     FROM identity_group_values v JOIN groups g ON g.id = v.group_id
     WHERE v.provider_id = $1 AND g.organization_id = $2`,
    [id, organizationId, values],
  );
  return found.rows;
}
