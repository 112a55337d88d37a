import "server-only";
import { countPost, postWaits } from "@/lib/metrics/server/ingestion.ts";
import type { IngestSource } from "./prepare.ts";
import { type PostResult, type Submission, storePosts } from "./store.ts";

type Waiting = {
  submission: Submission;
  resolve: (result: PostResult) => void;
  reject: (error: unknown) => void;
};
type Queue = { source: IngestSource; waiting: Waiting[]; writing: boolean };

/** Records and bytes that share one commit at most: a transaction stays well under a second. */
const commitRecords = 4000;
const commitBytes = 8 * 1024 * 1024;

const queues = new Map<string, Queue>();

/**
 * Stores a post and resolves after its commit. Posts of one source that arrive while a commit is under way
 * share the next one.
 * @throws the database's error when the post was not stored
 */
export async function submitPost(source: IngestSource, submission: Submission): Promise<PostResult> {
  const { bytes } = submission.post;
  const stored = postWaits(bytes);
  const queue = queues.get(source.id) ?? { source, waiting: [], writing: false };
  queues.set(source.id, queue);
  queue.source = source;
  try {
    const result = await new Promise<PostResult>((resolve, reject) => {
      queue.waiting.push({ submission, resolve, reject });
      if (!queue.writing) void writeQueue(queue);
    });
    countPost(source.kind.name, bytes, result);
    return result;
  } finally {
    stored();
  }
}

async function writeQueue(queue: Queue): Promise<void> {
  queue.writing = true;
  // Posts that arrive in the same turn of the event loop share the first commit already.
  await new Promise((resolve) => setImmediate(resolve));
  while (queue.waiting.length > 0) await writeGroup(queue.source, takeGroup(queue));
  queue.writing = false;
  queues.delete(queue.source.id);
}

function takeGroup(queue: Queue): Waiting[] {
  let records = 0;
  let bytes = 0;
  let count = 0;
  for (const { submission } of queue.waiting) {
    records += submission.post.records.length;
    bytes += submission.post.bytes;
    if (count > 0 && (records > commitRecords || bytes > commitBytes)) break;
    count++;
  }
  return queue.waiting.splice(0, count);
}

/** Never rejects: each post's own promise says how it ended. */
async function writeGroup(source: IngestSource, group: Waiting[]): Promise<void> {
  try {
    const results = await storePosts(
      source,
      group.map(({ submission }) => submission),
    );
    for (const [index, result] of results.entries()) group[index]?.resolve(result);
  } catch (error) {
    if (group.length > 1 && isFaultOfData(error)) {
      // A post that the database refuses must not take the others with it.
      for (const entry of group) await writeGroup(source, [entry]);
      return;
    }
    for (const { reject } of group) reject(error);
  }
}

/** SQLSTATE classes 22 and 23: a value, not the server, the disk or the connection. */
function isFaultOfData(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
}
