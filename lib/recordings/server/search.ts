import "server-only";
import { pool } from "@/lib/db/client.ts";
import type { Scope } from "@/lib/logs/server/sql.ts";
import type { RecordingHit } from "../recording-line.ts";

type ChunkRow = Omit<RecordingHit, "atUs" | "line"> & { times: string[]; text: string };

/** Text with its punctuation as spaces, written as the index is: the parser would take a path as one word. */
function parted(column: "c.text"): string {
  const punctuation = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~";
  return `translate(${column}, '${punctuation}', '${" ".repeat(32)}')`;
}

/** Lines shown of one chunk at most. */
const linesEach = 3;

/**
 * Lines of recordings that hold all the words, newest recordings first.
 * @param words as typed; parted by anything that is neither letter nor digit
 */
export async function searchRecordings(
  scope: Scope,
  words: string,
  { recordingId, limit }: { recordingId?: string; limit: number },
): Promise<RecordingHit[]> {
  const wanted = words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (wanted.length === 0) return [];
  const found = await pool().query<ChunkRow>(
    `SELECT c.recording_id AS "recordingId", r.connection_id AS "connectionId", r.user_name AS "user", r.target,
       to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt", c.times, c.text
     FROM recording_chunks c JOIN recordings r ON r.organization_id = c.organization_id AND r.id = c.recording_id
     WHERE c.organization_id = $1 AND to_tsvector('simple', ${parted("c.text")}) @@ plainto_tsquery('simple', $2)
       AND ($3::text[] IS NULL OR r.user_name = ANY($3)) AND ($4::uuid IS NULL OR r.id = $4) AND r.deleted_at IS NULL
     ORDER BY r.started_at DESC, r.id, c.place LIMIT $5`,
    [scope.organizationId, wanted.join(" "), scope.users ?? null, recordingId ?? null, limit],
  );
  return found.rows.flatMap(({ times, text, ...row }) => {
    const lines = text.split("\n").map((line, place) => ({
      line,
      place,
      hits: wanted.filter((word) => line.toLowerCase().includes(word)).length,
    }));
    const most = Math.max(...lines.map(({ hits }) => hits));
    return lines
      .filter(({ hits }) => hits === most)
      .slice(0, linesEach)
      .map(({ line, place }) => ({ ...row, atUs: Number(times[place] ?? 0), line }));
  });
}
