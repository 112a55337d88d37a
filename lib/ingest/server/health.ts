import "server-only";
import type { ClientBase } from "pg";
import type { PreparedRecord } from "./prepare.ts";
import type { PostResult } from "./store.ts";

/** Adds a transaction's posts to the health line of their source. */
export async function noteHealth(
  client: ClientBase,
  sourceId: string,
  receivedAt: string,
  accepted: readonly { record: PreparedRecord }[],
  results: readonly PostResult[],
): Promise<void> {
  const sum = (count: keyof PostResult): number =>
    results.reduce((total, result) => total + result[count], 0);
  let lastTime: string | null = null;
  for (const { record } of accepted) {
    for (const { row } of record.rows ?? [])
      if (lastTime === null || row.time > lastTime) lastTime = row.time;
  }
  await client.query({
    name: "note health",
    text: `WITH per_minute AS (
       INSERT INTO source_minutes AS m (source_id, minute, accepted) SELECT $1, date_trunc('minute', $2::timestamptz), $4::bigint
       WHERE $4::bigint > 0 ON CONFLICT (source_id, minute) DO UPDATE SET accepted = m.accepted + excluded.accepted
     )
     INSERT INTO source_health AS h
       (source_id, last_received_at, last_record_time, accepted, duplicates, quarantined, skipped)
     VALUES ($1, $2::timestamptz, $3::timestamptz, $4::bigint, $5, $6, $7)
     ON CONFLICT (source_id) DO UPDATE SET
       last_received_at = greatest(h.last_received_at, excluded.last_received_at),
       last_record_time = greatest(h.last_record_time, excluded.last_record_time),
       accepted = h.accepted + excluded.accepted, duplicates = h.duplicates + excluded.duplicates,
       quarantined = h.quarantined + excluded.quarantined, skipped = h.skipped + excluded.skipped`,
    values: [
      sourceId,
      receivedAt,
      lastTime,
      sum("accepted"),
      sum("duplicates"),
      sum("quarantined"),
      sum("skipped"),
    ],
  });
}
