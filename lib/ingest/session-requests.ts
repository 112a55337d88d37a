import { microsBetween } from "./rfc3339.ts";
import type { DraftOf } from "./rows.ts";

type Request = DraftOf<"session-requests">;

/** What is known of a line about a request; `stored` ones cannot be changed any more. */
export type RequestLine = {
  row: Request;
  /** Names the request; the lines of one request share it. */
  key: string;
  /** The furthest line of a request is shown: 0 a start, 1 an end whose start is missing, 2 all there is. */
  rank: number;
  stored: boolean;
};

/** A start is logged when it has been parsed; an end tells when it was sent. Microseconds. */
const apartUs = 2_000_000;
/** Clocks of logs count milliseconds: two requests may seem to be the other way round. Microseconds. */
const tickUs = 2_000;

/**
 * Joins ends to their starts among the lines of one session: the end takes over what the start said, and is what is
 * shown. Where the end came first, the start is completed by it. An end without a start stays by itself.
 * @param lines in any order, stored neighbours among them; new ones are changed in place
 */
export function joinRequests(lines: readonly RequestLine[]): void {
  const ordered = [...lines].sort((a, b) => (a.row.place ?? 0) - (b.row.place ?? 0));
  let last: { line: RequestLine; ended: boolean } | undefined;
  for (const line of ordered) {
    const open = last?.line.row.part === "start" && !last.ended ? last : undefined;
    if (line.row.part !== "end") {
      if (last && !line.stored) keepOrder(last.line, line);
      last = { line, ended: line.rank === 2 };
    } else if (line.stored && line.rank === 2) {
      if (last?.line.key === line.key) last.ended = true;
    } else if (open && belong(open.line.row, line.row) && !(line.stored && open.line.stored)) {
      if (line.stored) completeStart(open.line, line);
      else takeOver(open.line, line);
      open.ended = true;
    } else last = { line, ended: true };
  }
}

function belong(start: Request, end: Request): boolean {
  if (end.request !== "" && end.request !== start.request) return false;
  const us = microsBetween(start.time, end.time);
  return end.durationUs === undefined ? us >= -tickUs : Math.abs(us) <= apartUs;
}

/** How a request ended, as an end tells it. */
function endOf({ outcome, code, error, durationUs }: Request): Partial<Request> {
  return {
    outcome,
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
    ...(durationUs !== undefined && { durationUs }),
  };
}

function takeOver(start: RequestLine, end: RequestLine): void {
  end.row = { ...start.row, part: "end", place: end.row.place, ...endOf(end.row) };
  end.key = start.key;
  end.rank = 2;
}

/** Lines of one request share their time as well, by which the earlier ones are found. */
function completeStart(start: RequestLine, end: RequestLine): void {
  start.row = { ...start.row, time: end.row.time, ...endOf(end.row) };
  start.key = end.key;
  start.rank = 2;
}

function keepOrder(before: RequestLine, line: RequestLine): void {
  const us = microsBetween(before.row.time, line.row.time);
  if (us < 0 && us >= -tickUs) line.row = { ...line.row, time: before.row.time };
}
