import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { microsBetween } from "@/lib/ingest/rfc3339.ts";
import { parseCursor } from "@/lib/logs/query.ts";
import { type LogRow, listLogs } from "@/lib/logs/server/list.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import type { RecordingLine } from "../recording-line.ts";

const rowsAtOnce = 200;

/**
 * The requests of a session as text, each on one line as a recording's text has it: the time since the start, then
 * what was asked and how it ended. Read page by page, so that a million rows cost no more memory than some.
 */
export async function* requestsText(principal: Principal, line: RecordingLine): AsyncGenerator<string> {
  const scope = scopeOf(principal, "session-requests");
  const conditions = [
    { filter: "connection", operator: "is" as const, not: false, values: [line.connectionId] },
  ];
  let after: ReturnType<typeof parseCursor>;
  do {
    const page = await listLogs("session-requests", scope, {
      conditions,
      time: {},
      order: "asc",
      limit: rowsAtOnce,
      ...(after && { after }),
    });
    yield page.rows
      .map((row) => `${clock(microsBetween(line.startedAt, row.time))}  ${lineOf(row)}\n`)
      .join("");
    after = page.nextCursor === null ? undefined : parseCursor(page.nextCursor);
  } while (after);
}

function lineOf(row: LogRow): string {
  const { method, request, host, status, outcome, code, error, durationUs, rowCount, bytes, parameters } =
    row;
  const asked = [method, host, request].filter((part) => part !== null && part !== "").join(" ");
  const ended = [
    status ?? outcome,
    typeof durationUs === "number" && `${(durationUs / 1000).toFixed(3)} ms`,
    rowCount !== null && `${rowCount} rows`,
    bytes !== null && `${bytes} bytes`,
    code,
    error,
    parameters,
  ].filter((part) => part !== false && part !== null && part !== undefined && part !== "");
  return `${asked}  [${ended.join("; ")}]`.replace(/[\p{Cc}\p{Zl}\p{Zp}]+\s*/gu, " ");
}

function clock(us: number): string {
  const ms = Math.max(0, Math.floor(us / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}
