import "server-only";
import { Counter } from "../counter.ts";
import type { Family } from "../exposition.ts";
import { shared } from "./shared.ts";

const records = shared(
  "ingest records",
  () =>
    new Counter(
      "daybook_ingest_records_total",
      "Records of stored posts, by kind of source and what became of them.",
    ),
);
const posts = shared(
  "ingest posts",
  () => new Counter("daybook_ingest_posts_total", "Posts that were stored, by kind of source."),
);
const bytes = shared(
  "ingest bytes",
  () => new Counter("daybook_ingest_bytes_total", "Bytes of stored posts, unpacked, by kind of source."),
);
const waiting = shared("ingest waiting", () => ({ posts: 0, bytes: 0 }));

/** What became of the records of a post; as the answer to it says. */
export type PostCounts = { accepted: number; duplicates: number; quarantined: number; skipped: number };

/** Counts a post after its commit. @param size bytes of the body, unpacked */
export function countPost(kind: string, size: number, result: PostCounts): void {
  posts.add({ kind });
  bytes.add({ kind }, size);
  records.add({ kind, outcome: "accepted" }, result.accepted);
  records.add({ kind, outcome: "duplicate" }, result.duplicates);
  records.add({ kind, outcome: "quarantined" }, result.quarantined);
  records.add({ kind, outcome: "skipped" }, result.skipped);
}

/** A post of so many bytes begins to wait for the database. @returns ends the waiting; call it once */
export function postWaits(size: number): () => void {
  waiting.posts += 1;
  waiting.bytes += size;
  return () => {
    waiting.posts -= 1;
    waiting.bytes -= size;
  };
}

export function ingestionFamilies(): Family[] {
  return [
    posts.family(),
    records.family(),
    bytes.family(),
    {
      name: "daybook_ingest_waiting_posts",
      help: "Posts that wait for their commit.",
      type: "gauge",
      samples: [{ labels: {}, value: waiting.posts }],
    },
    {
      name: "daybook_ingest_waiting_bytes",
      help: "Bytes of the posts that wait for their commit.",
      type: "gauge",
      samples: [{ labels: {}, value: waiting.bytes }],
    },
  ];
}
