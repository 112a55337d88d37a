import pg from "pg";
import { v5 as uuidv5 } from "uuid";
import { disconnect } from "@/lib/db/client.ts";
import type { DraftOf, RecordLog } from "@/lib/ingest/rows.ts";
import { rebuildConnections } from "@/lib/ingest/server/connections.ts";
import { rebuildKubernetesCommands } from "@/lib/ingest/server/kubernetes.ts";
import type { LogSlug } from "@/lib/logs/views.ts";
import { sha256 } from "@/lib/record/canonical.ts";
import { recordTables } from "@/lib/record/columns.ts";
import { ensurePartitions, insertRecords, type RecordRow } from "@/lib/record/server/insert.ts";
import { answerTask } from "../child.ts";
import { auditLog } from "../records/audit-log.ts";
import { commands } from "../records/commands.ts";
import { connectionEvents } from "../records/connection-events.ts";
import { kubernetesApiCalls } from "../records/kubernetes-api-calls.ts";
import type { Made, World } from "../records/made.ts";
import { Random } from "../records/random.ts";
import { days, idAt, instant } from "../records/schedule.ts";
import { userEvents } from "../records/user-events.ts";
import { countLog } from "./counts.ts";
import { dropIndexes } from "./indexes.ts";
import { type OrganizationKey, organizationId, sourceId, worlds } from "./organizations.ts";

/** Logs that the bench measures. */
export type MeasuredLog = Exclude<RecordLog, "session-requests">;

/** Fills one log, with what hangs on it: counts, receipts, projections. */
export type LoadTask = { log: MeasuredLog; url: string; rows: number; anchorMs: number };

const makers: { [L in MeasuredLog]: (world: World) => Generator<Made<L>> } = {
  commands,
  "kubernetes-api-calls": kubernetesApiCalls,
  "connection-events": connectionEvents,
  "user-events": userEvents,
  "audit-log": auditLog,
};

/** Rows of one COPY. */
const atOnce = 4000;

answerTask(async ({ log, url, rows, anchorMs }: LoadTask) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // The counts are reckoned from all rows at once below, so the triggers rest.
  await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
  await client.query("SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'");
  const table = recordTables[log];
  const indexes = await dropIndexes(client, table);
  for (const { key, world } of worlds(rows, anchorMs)) await writeRows(client, log, key, world);
  for (const statement of indexes) await client.query(statement);
  if (log !== "user-events" && log !== "audit-log") {
    await client.query(`INSERT INTO record_receipts (source_id, record_id, content_hash, received_at)
      SELECT source_id, source_record_id, content_hash, received_at FROM ${table}`);
  }
  await finish(client, table, log);
  if (log === "connection-events") await project(client, "connections", rows, anchorMs, rebuildConnections);
  if (log === "kubernetes-api-calls") {
    await project(client, "kubernetes_commands", rows, anchorMs, rebuildKubernetesCommands);
  }
  await client.end();
  await disconnect();
});

async function finish(client: pg.Client, table: string, slug: LogSlug): Promise<void> {
  await client.query(`VACUUM (ANALYZE) ${table}`);
  await countLog(client, slug);
}

async function writeRows<L extends MeasuredLog>(
  client: pg.Client,
  log: L,
  key: OrganizationKey,
  world: World,
): Promise<void> {
  const random = new Random(`${world.seed} ids of ${log}`);
  const ids = { organizationId: organizationId(key), sourceId: sourceId(key, log) };
  let batch: RecordRow<L>[] = [];
  let writing: Promise<void> = Promise.resolve();
  let number = 0;
  const write = async (): Promise<void> => {
    const full = batch;
    batch = [];
    await ensurePartitions(
      log,
      full.map(({ row }) => row.time),
    );
    await writing;
    writing = insertRecords(client, log, full);
  };
  const maker = makers[log] as (world: World) => Generator<Made<L>>;
  for (const made of maker(world)) {
    batch.push(recordOf(ids, `${log}-${number++}`, made, log, random));
    if (batch.length === atOnce) await write();
  }
  await write();
  await writing;
}

function recordOf<L extends MeasuredLog>(
  ids: { organizationId: string; sourceId: string },
  sourceRecordId: string,
  { micros, row, commandId }: Made<L>,
  log: L,
  random: Random,
): RecordRow<L> {
  const raw = Buffer.from(JSON.stringify({ log, id: sourceRecordId, ...row }));
  const ref = (row as Partial<DraftOf<"connection-events">>).connectionRef;
  return {
    ...ids,
    id: idAt(micros, random),
    receivedAt: instant(micros + 40_000 + random.below(400_000)),
    sourceRecordId,
    raw,
    contentHash: sha256(raw),
    row,
    ...(ref !== undefined && { connectionId: uuidv5(ref, ids.sourceId) }),
    ...(commandId !== undefined && { commandId }),
  };
}

/**
 * Makes a projection as the product does and fills it up to `rows` with older entries, whose records retention
 * has removed.
 */
async function project(
  client: pg.Client,
  table: "connections" | "kubernetes_commands",
  rows: number,
  anchorMs: number,
  rebuild: (client: pg.Client, organizationId: string) => Promise<void>,
): Promise<void> {
  const indexes = await dropIndexes(client, table, true);
  const shifted = ["time", "end_time", ...(table === "connections" ? ["last_event_time"] : [])];
  const columns = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
     AND attname NOT IN ('id', 'epoch', 'xid8', 'seq')`,
    [`public.${table}`],
  );
  const names = columns.rows.map(({ name }) => name);
  for (const { key, world } of worlds(rows, anchorMs)) {
    const organization = organizationId(key);
    await rebuild(client, organization);
    const found = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE organization_id = $1`,
      [organization],
    );
    const made = found.rows[0]?.n ?? 0;
    const values = names.map((name) =>
      shifted.includes(name) ? `p.${name} - k * interval '${days} days'` : `p.${name}`,
    );
    await client.query(
      `INSERT INTO ${table} (id, ${names.join(", ")})
       SELECT md5(p.id::text || k)::uuid, ${values.join(", ")} FROM generate_series(1, $2::int) AS k, ${table} p
       WHERE p.organization_id = $1 LIMIT $3`,
      [organization, Math.ceil(world.rows / Math.max(made, 1)), Math.max(0, world.rows - made)],
    );
  }
  for (const statement of indexes) await client.query(statement);
  await finish(client, table, table === "connections" ? "connections" : "kubernetes-commands");
}
