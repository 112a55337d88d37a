import "server-only";
import type { PoolClient } from "pg";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { mostGroups, nameLength } from "@/lib/groups/group.ts";
import { getGroup } from "@/lib/groups/server/read.ts";
import { textFault } from "@/lib/http/body.ts";
import { actorOf, type ScimContext } from "./context.ts";
import { scimFault } from "./errors.ts";
import { checkedMembers, setMembers } from "./members.ts";
import { oneGroup, type ScimGroup, shownGroup } from "./read-groups.ts";

const oneText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(
      (text) => textFault(text) === undefined && !/\p{Cc}/u.test(text),
      "must not hold control characters",
    );

const sentGroup = z.object({
  displayName: oneText(nameLength),
  externalId: oneText(300).optional(),
  members: z.array(z.object({ value: z.string() })).optional(),
});

type SentGroup = z.output<typeof sentGroup>;

/** Makes a group, or takes the one that stands for it by the provider's settings. */
export async function createGroup(context: ScimContext, given: object): Promise<ScimGroup> {
  const { provider } = context;
  const sent = checkedGroup(given);
  const members = await checkedMembers(context, sent.members ?? []);
  const mapped = provider.groups.find(({ value }) => value === sent.displayName || value === sent.externalId);
  const id = mapped?.groupId ?? uuidv7();
  if (mapped) await takeGroup(context, id, sent);
  else await makeGroup(context, id, sent);
  await setMembers(context, await oneGroup(context, id), members);
  return shownGroup(await oneGroup(context, id));
}

async function makeGroup(
  context: ScimContext,
  id: string,
  { displayName, externalId }: SentGroup,
): Promise<void> {
  const { provider } = context;
  await runWorkflow(
    {
      actor: actorOf(context),
      workflowType: "scope:create",
      target: { name: displayName, id },
      custom: externalId === undefined ? {} : { externalId },
      updated: { name: displayName, description: "", globalScope: false, spaces: [], targets: [] },
    },
    async (client) => {
      await requireFreeName(client, context, id, displayName);
      const counted = await client.query("SELECT FROM groups WHERE organization_id = $1", [
        provider.organizationId,
      ]);
      if ((counted.rowCount ?? 0) >= mostGroups)
        throw scimFault(413, `There are ${mostGroups} groups already.`, "tooMany");
      await client.query("INSERT INTO groups (id, organization_id, name) VALUES ($1, $2, $3)", [
        id,
        provider.organizationId,
        displayName,
      ]);
      await link(client, context, id, externalId, true);
    },
  );
}

async function takeGroup(
  context: ScimContext,
  id: string,
  { displayName, externalId }: SentGroup,
): Promise<void> {
  const taken = await inTransaction((client) => link(client, context, id, externalId, false));
  if (!taken) throw takenName(displayName);
}

async function link(
  client: PoolClient,
  { provider }: ScimContext,
  groupId: string,
  externalId: string | undefined,
  made: boolean,
): Promise<boolean> {
  const linked = await client.query(
    `INSERT INTO identity_groups (provider_id, group_id, external_id, made) VALUES ($1, $2, $3, $4)
     ON CONFLICT (provider_id, group_id) DO NOTHING`,
    [provider.id, groupId, externalId ?? null, made],
  );
  return linked.rowCount === 1;
}

/** Sets what was sent of a group of the provider; what was not sent stays. */
export async function replaceGroup(context: ScimContext, id: string, given: object): Promise<ScimGroup> {
  const { provider } = context;
  const before = await oneGroup(context, id);
  const sent = checkedGroup(given);
  const wanted = sent.members ?? (context.patches ? [] : undefined);
  const members = wanted && (await checkedMembers(context, wanted));
  if (sent.displayName !== before.displayName) {
    if (!before.made)
      throw scimFault(
        400,
        "displayName: this group stands for the provider's by Daybook's settings and is named there.",
        "mutability",
      );
    await runWorkflow(
      {
        actor: actorOf(context),
        workflowType: "scope:update",
        target: { name: before.displayName, id },
        original: { name: before.displayName },
        updated: { name: sent.displayName },
      },
      async (client) => {
        await requireFreeName(client, context, id, sent.displayName);
        await client.query("UPDATE groups SET name = $2, version = version + 1 WHERE id = $1", [
          id,
          sent.displayName,
        ]);
      },
    );
  }
  if (sent.externalId !== undefined)
    await pool().query(
      "UPDATE identity_groups SET external_id = $3 WHERE provider_id = $1 AND group_id = $2",
      [provider.id, id, sent.externalId],
    );
  if (members) await setMembers(context, await oneGroup(context, id), members);
  return shownGroup(await oneGroup(context, id));
}

/** Deletes a group that the provider made; one that stands for its own is let go, without the provider's members. */
export async function deleteGroup(context: ScimContext, id: string): Promise<void> {
  const { provider } = context;
  const before = await oneGroup(context, id);
  if (!before.made) {
    await setMembers(context, before, []);
    await pool().query("DELETE FROM identity_groups WHERE provider_id = $1 AND group_id = $2", [
      provider.id,
      id,
    ]);
    return;
  }
  const { organizationId } = provider;
  // All that goes with it, what people here gave it included.
  const { name, description, globalScope, spaces, targets, members } = await getGroup(
    { organizationId, reach: "all" },
    id,
  );
  const people = members.map(({ email }) => email);
  await runWorkflow(
    {
      actor: actorOf(context),
      workflowType: "scope:delete",
      target: { name, id },
      original: {
        name,
        description,
        globalScope,
        spaces: [...spaces],
        targets: [...targets],
        members: people,
      },
    },
    async (client) => {
      await client.query("DELETE FROM groups WHERE id = $1 AND organization_id = $2", [id, organizationId]);
    },
  );
}

function checkedGroup(given: object): SentGroup {
  const parsed = sentGroup.safeParse(given);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw scimFault(400, reasons.join("; "), "invalidValue");
}

/** Names are taken however they are written, and one after the other, as where people make groups. */
async function requireFreeName(
  client: PoolClient,
  { provider }: ScimContext,
  id: string,
  name: string,
): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook groups ' || $1, 0))", [
    provider.organizationId,
  ]);
  const taken = await client.query(
    "SELECT FROM groups WHERE organization_id = $1 AND lower(name) = lower($2) AND id <> $3",
    [provider.organizationId, name, id],
  );
  if (taken.rowCount !== 0) throw takenName(name);
}

function takenName(name: string): Error {
  return scimFault(
    409,
    `There is a group named ${name} already. To let the provider's group stand for it, say so under Settings → Identity providers.`,
    "uniqueness",
  );
}
