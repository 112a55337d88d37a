import "server-only";
import type { DraftOf } from "@/lib/ingest/rows.ts";
import { insertOwnRecords, ownRecord, ownSourceId, type RecordRow } from "@/lib/record/server/insert.ts";

/** One request by a person, a token or nobody known. */
export type UserEvent = { organizationId: string } & DraftOf<"user-events">;

type Waiting = { row: RecordRow<"user-events">; resolve: () => void; reject: (error: unknown) => void };

/** Rows of one commit at most. */
const maxBatch = 500;

type Queue = { waiting: Waiting[]; writing: boolean };

// The server's bundles share only globalThis, and there shall be one commit under way, not one per bundle.
const store = globalThis as { [queueKey]?: Queue };
const queueKey: unique symbol = Symbol.for("daybook.user-events");

function sharedQueue(): Queue {
  store[queueKey] ??= { waiting: [], writing: false };
  return store[queueKey];
}

/**
 * Records an event and resolves when it is committed. Events that arrive while a commit is under way share
 * the next one, so that a thousand requests a second cost a few dozen commits.
 *
 * @throws the database's error; then the event is not recorded, and the request it tells of must fail too
 */
export async function recordUserEvent({ organizationId, ...event }: UserEvent): Promise<void> {
  const row = ownRecord<"user-events">(organizationId, await ownSourceId(organizationId), clipped(event));
  await new Promise<void>((resolve, reject) => {
    const queue = sharedQueue();
    queue.waiting.push({ row, resolve, reject });
    if (!queue.writing) void writeQueue(queue);
  });
}

async function writeQueue(queue: Queue): Promise<void> {
  queue.writing = true;
  while (queue.waiting.length > 0) await writeBatch(queue.waiting.splice(0, maxBatch));
  queue.writing = false;
}

/** Never rejects: each event's own promise says how it ended. */
async function writeBatch(batch: Waiting[]): Promise<void> {
  try {
    await insertOwnRecords(
      "user-events",
      batch.map(({ row }) => row),
    );
    for (const { resolve } of batch) resolve();
  } catch (error) {
    if (batch.length > 1 && isFaultOfARow(error)) {
      // One row that the database refuses must not take the others with it.
      for (const entry of batch) await writeBatch([entry]);
      return;
    }
    for (const { reject } of batch) reject(error);
  }
}

/** SQLSTATE classes 22 and 23: a value, not the server or the connection. */
function isFaultOfARow(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
}

/** Client-made texts at the lengths that the log's definition takes; the rest of a longer one is dropped. */
function clipped(event: DraftOf<"user-events">): DraftOf<"user-events"> {
  const { clientAddress, userAgent, requestId } = event;
  return {
    ...event,
    user: event.user.slice(0, 1024),
    resource: event.resource.slice(0, 65_536),
    ...(clientAddress === undefined ? {} : { clientAddress: clientAddress.slice(0, 256) }),
    ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, 1024) }),
    ...(requestId === undefined ? {} : { requestId: requestId.slice(0, 256) }),
  };
}
