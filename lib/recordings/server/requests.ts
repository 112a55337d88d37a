import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { microsBetween } from "@/lib/ingest/rfc3339.ts";
import { formatCursor, type LogQuery } from "@/lib/logs/query.ts";
import { listLogs } from "@/lib/logs/server/list.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import type { RecordingLine } from "../recording-line.ts";
import { instantOfMicros } from "../session.ts";
import { recordReading } from "./read.ts";

/**
 * Writes into the audit log that somebody looks at the requests of a session, and finds the one at a moment.
 * @param atUs microseconds since its start; undefined to begin at the beginning
 * @returns the parameters of the address that begin the list there with that request open; undefined for none
 */
export async function openRequests(
  principal: Principal,
  line: RecordingLine,
  atUs: number | undefined,
): Promise<URLSearchParams | undefined> {
  if (line.state !== "logged" && line.state !== "ready") return undefined;
  if (atUs === undefined) {
    await recordReading(principal, line, "recording:playback");
    return undefined;
  }
  const from = instantOfMicros(microsBetween("1970-01-01T00:00:00Z", line.startedAt) + atUs);
  if (from === undefined) return undefined;
  const next = await firstOf(principal, line, { time: { from }, order: "asc" });
  const row = next ?? (await firstOf(principal, line, { time: { to: from }, order: "desc" }));
  return row && new URLSearchParams({ from: row.time, row: formatCursor(row) });
}

async function firstOf(
  principal: Principal,
  { connectionId }: RecordingLine,
  where: Pick<LogQuery, "time" | "order">,
) {
  const conditions = [{ filter: "connection", operator: "is" as const, not: false, values: [connectionId] }];
  const page = await listLogs("session-requests", scopeOf(principal, "session-requests"), {
    ...where,
    conditions,
    limit: 1,
  });
  return page.rows[0];
}
