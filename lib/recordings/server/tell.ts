import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import type { IngestSource, PreparedRecord } from "@/lib/ingest/server/prepare.ts";
import { submitPost } from "@/lib/ingest/server/queue.ts";
import type { Poster } from "@/lib/ingest/server/store.ts";
import { sha256 } from "@/lib/record/canonical.ts";
import { nowInstant } from "@/lib/record/clock.ts";

/** Who tells of a recording when no request does: Daybook itself, at its own time. */
export function noRequest(): Poster {
  return { requestId: uuidv7(), address: "", userAgent: undefined };
}

/** A record of one row, known again by its bytes. */
export function recordOfRow(id: string, raw: Uint8Array, row: RowDraft): PreparedRecord {
  const hash = sha256(raw);
  return { id, raw, contentHash: hash, hash, rows: [row] };
}

/** Stores records of a source as if it had posted them; resolves after the commit. */
export async function tell(source: IngestSource, records: PreparedRecord[], poster: Poster): Promise<void> {
  const bytes = records.reduce((sum, { raw }) => sum + raw.length, 0);
  await submitPost(source, { post: { receivedAt: nowInstant(), records, bytes }, poster });
}
