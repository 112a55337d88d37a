import pg from "pg";
import { v5 as uuidv5, v7 as uuidv7 } from "uuid";
import { sha256 } from "@/lib/record/canonical.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { recordColumns, type SqlType, sqlName } from "@/lib/record/columns.ts";
import { answerTask } from "../child.ts";
import { type EventDraft, eventsOfNow } from "./connection-event-bodies.ts";

/** Inserts ready-made connection events from arrays: what Node can do without a product around it. */
export type UnnestTask = {
  databaseUrl: string;
  organizationId: string;
  sourceId: string;
  seed: string;
  records: number;
  batch: number;
  clients: number;
};

export type UnnestAnswer = { milliseconds: number; inserted: number };

const table = { log: "connection-events", name: "connection_events" } as const;
const fields = {
  organizationId: "uuid",
  time: "timestamptz",
  id: "uuid",
  receivedAt: "timestamptz",
  sourceId: "uuid",
  sourceRecordId: "text",
  contentHash: "bytea",
  raw: "bytea",
  ...recordColumns[table.log],
} as const satisfies { [field: string]: SqlType };

answerTask(async (task: UnnestTask): Promise<UnnestAnswer> => {
  const rows = eventsOfNow(task.seed, task.records).map((row, place) => rowOf(task, row, place));
  const names = Object.keys(fields);
  const batches: unknown[][][] = [];
  for (let start = 0; start < rows.length; start += task.batch) {
    const part = rows.slice(start, start + task.batch);
    batches.push(names.map((name) => part.map((row) => row[name] ?? null)));
  }
  const types = Object.values(fields).map((type, place) => `$${place + 1}::${type}[]`);
  const text = `INSERT INTO ${table.name} (${names.map(sqlName).join(", ")}) SELECT * FROM unnest(${types.join(", ")})`;
  const clients = await Promise.all(
    Array.from({ length: task.clients }, async () => {
      const client = new pg.Client({ connectionString: task.databaseUrl });
      await client.connect();
      return client;
    }),
  );
  let next = 0;
  let inserted = 0;
  const started = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let values = batches[next++]; values; values = batches[next++]) {
        const { rowCount } = await client.query({ name: "insert", text, values });
        inserted += rowCount ?? 0;
      }
    }),
  );
  const milliseconds = performance.now() - started;
  await Promise.all(clients.map((client) => client.end()));
  return { milliseconds, inserted };
});

function rowOf(
  { organizationId, sourceId, seed }: UnnestTask,
  row: EventDraft,
  place: number,
): { [field: string]: unknown } {
  const sourceRecordId = `${seed}-${place}`;
  const raw = Buffer.from(JSON.stringify({ log: table.log, id: sourceRecordId, ...row }));
  const connectionId = uuidv5(row.connectionRef, sourceId);
  const made = { organizationId, sourceId, id: uuidv7(), receivedAt: nowInstant(), sourceRecordId };
  return { ...row, ...made, contentHash: sha256(raw), raw, connectionId };
}
