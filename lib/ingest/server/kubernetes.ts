import "server-only";
import type { ClientBase } from "pg";
import { v5 as uuidv5 } from "uuid";
import { groupBy } from "@/lib/record/group-by.ts";
import type { RecordRow } from "@/lib/record/server/insert.ts";
import { storable } from "@/lib/record/text.ts";
import { isKubectl } from "../kubernetes-clients.ts";
import {
  assignCommands,
  type CommandDescription,
  describeCommand,
  type KubernetesCall,
  lookBackSeconds,
  makesCommand,
} from "../kubernetes-commands.ts";
import type { IngestSource } from "./prepare.ts";
import { Slices } from "./turns.ts";

type CallRow = RecordRow<"kubernetes-api-calls">;
type StoredCall = KubernetesCall & {
  commandId: string | null;
  targetUser: string | null;
  accessMethod: string;
};

/** Commands that are described at once, and calls looked at around a batch. */
const commandsAtOnce = 1000;
const mostCalls = 50_000;

const callColumns = `audit_id AS "auditId",
  to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time, cluster, user_name AS "user",
  impersonated_user AS "impersonatedUser", client_address AS "clientAddress", user_agent AS "userAgent", verb, resource,
  subresource, api_group AS "apiGroup", namespace, name, request_uri AS "requestUri", status,
  duration_us::double precision AS "durationUs", command_id AS "commandId", target_user AS "targetUser",
  access_method AS "accessMethod"`;

/**
 * Gives new calls of kubectl the ids of the commands they belong to, those of earlier batches among them; every
 * stage of a call gets the same.
 * @param rows changed in place: `commandId` is set where there is one
 * @returns the commands that got calls
 */
export async function assignKubernetesCommands(
  client: ClientBase,
  source: IngestSource,
  rows: readonly CallRow[],
): Promise<string[]> {
  const slices = new Slices();
  const candidates: CallRow[] = [];
  await slices.each(rows, (entry) => {
    if (makesCommand(entry.row)) candidates.push(entry);
  });
  if (candidates.length === 0) return [];
  const calls = new Map<string, KubernetesCall & { commandId?: string | null }>();
  await slices.each(await readNeighbours(client, source, candidates), (call) => {
    calls.set(call.auditId, call);
  });
  await slices.each(rows, ({ row }) => {
    // kubectl's discovery calls belong to no command, but tell where one begins.
    if (!isKubectl(row.userAgent)) return;
    const before = calls.get(row.auditId);
    if (before && stageOrder(before) >= stageOrder(row)) return;
    calls.set(row.auditId, { ...row, commandId: before?.commandId ?? null });
  });
  const newId = ({ auditId }: KubernetesCall) => uuidv5(`command ${auditId}`, source.id);
  const assigned = await slices.run(assignCommands([...calls.values()], newId));
  const touched = new Set<string>();
  await slices.each(candidates, (entry) => {
    const commandId = calls.get(entry.row.auditId)?.commandId ?? assigned.get(entry.row.auditId);
    if (commandId === undefined) return;
    entry.commandId = commandId;
    touched.add(commandId);
  });
  return [...touched].sort();
}

/** A call that has its status is further than one that has not; between equals the first stays. */
function stageOrder({ status, durationUs }: KubernetesCall): number {
  return (status == null ? 0 : 1) + (durationUs == null ? 0 : 1);
}

/** The time of the row that is furthest to one side. */
function timeOf(rows: readonly CallRow[], side: -1 | 1): string | undefined {
  let found: string | undefined;
  for (const { row } of rows) if (found === undefined || row.time < found === side < 0) found = row.time;
  return found;
}

async function readNeighbours(
  client: ClientBase,
  source: IngestSource,
  rows: readonly CallRow[],
): Promise<StoredCall[]> {
  const [earliest, latest] = [timeOf(rows, -1), timeOf(rows, 1)];
  const found = await client.query<StoredCall>(
    `SELECT DISTINCT ON (time, audit_id) ${callColumns} FROM kubernetes_api_calls
     WHERE organization_id = $1 AND source_id = $2 AND user_name = ANY($3)
       AND time >= $4::timestamptz - $6 * interval '1 second' AND time <= $5::timestamptz + interval '1 second'
     ORDER BY time DESC, audit_id, stage_rank DESC LIMIT ${mostCalls}`,
    [
      source.organizationId,
      source.id,
      [...new Set(rows.map(({ row }) => storable(row.user)))],
      earliest,
      latest,
      lookBackSeconds,
    ],
  );
  return found.rows;
}

/** Describes commands from their calls and writes them: the running update and the rebuild alike. */
export async function projectKubernetesCommands(
  client: ClientBase,
  organizationId: string,
  commandIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < commandIds.length; start += commandsAtOnce) {
    await writeCommands(client, organizationId, commandIds.slice(start, start + commandsAtOnce));
  }
}

type Told = StoredCall & { commandId: string; sourceId: string };

async function writeCommands(
  client: ClientBase,
  organizationId: string,
  ids: readonly string[],
): Promise<void> {
  const found = await client.query<Told>(
    `SELECT DISTINCT ON (command_id, time, audit_id) ${callColumns}, source_id AS "sourceId" FROM kubernetes_api_calls
     WHERE organization_id = $1 AND command_id = ANY($2) ORDER BY command_id, time, audit_id, stage_rank DESC`,
    [organizationId, ids],
  );
  const byCommand = groupBy(found.rows, ({ commandId }) => commandId);
  const rows: ({ id: string; first: Told; last: Told; calls: number } & CommandDescription)[] = [];
  await new Slices().each(byCommand, ([id, calls]) => {
    const [first] = calls;
    const last = calls.at(-1);
    if (first && last) rows.push({ id, first, last, calls: calls.length, ...describeCommand(calls) });
  });
  await client.query(
    `INSERT INTO kubernetes_commands (organization_id, id, source_id, time, end_time, user_name, cluster, target_user,
       command, verb, resource, name, namespace, api_calls, access_method, origin, outcome, client_address)
     SELECT $1, id, source_id, time, end_time, user_name, cluster, target_user, command, verb, resource, name, namespace,
       api_calls, access_method, 'inferred', outcome, client_address
     FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
       $10::text[], $11::text[], $12::text[], $13::text[], $14::int[], $15::text[], $16::text[], $17::text[])
       AS c (id, source_id, time, end_time, user_name, cluster, target_user, command, verb, resource, name, namespace,
         api_calls, access_method, outcome, client_address)
     ON CONFLICT (organization_id, id) DO UPDATE SET time = excluded.time, end_time = excluded.end_time,
       command = excluded.command, verb = excluded.verb, resource = excluded.resource, name = excluded.name,
       namespace = excluded.namespace, api_calls = excluded.api_calls, outcome = excluded.outcome,
       target_user = excluded.target_user`,
    [
      organizationId,
      rows.map(({ id }) => id),
      rows.map(({ first }) => first.sourceId),
      rows.map(({ first }) => first.time),
      rows.map(({ last }) => last.time),
      rows.map(({ first }) => first.user),
      rows.map(({ first }) => first.cluster),
      rows.map(({ first }) => first.targetUser),
      rows.map(({ command }) => command),
      rows.map(({ verb }) => verb),
      rows.map(({ resource }) => resource ?? null),
      rows.map(({ name }) => name ?? null),
      rows.map(({ namespace }) => namespace ?? null),
      rows.map(({ calls }) => calls),
      rows.map(({ first }) => first.accessMethod),
      rows.map(({ outcome }) => outcome),
      rows.map(({ first }) => first.clientAddress ?? null),
    ],
  );
}

/** Makes all Kubernetes commands of an organization anew from their calls. */
export async function rebuildKubernetesCommands(client: ClientBase, organizationId: string): Promise<void> {
  await client.query("DELETE FROM kubernetes_commands WHERE organization_id = $1", [organizationId]);
  const found = await client.query<{ id: string }>(
    "SELECT DISTINCT command_id AS id FROM kubernetes_api_calls WHERE organization_id = $1 AND command_id IS NOT NULL",
    [organizationId],
  );
  await projectKubernetesCommands(
    client,
    organizationId,
    found.rows.map(({ id }) => id),
  );
}
