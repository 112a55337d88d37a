import "server-only";
import { badRequest, Problem } from "@/lib/http/problem.ts";
import type { PlayerIndex } from "../idle.ts";
import type { Segment } from "../key-frames.ts";
import type { RecordingLine } from "../recording-line.ts";
import { liveSession, type StoredSession } from "./stored-session.ts";

/** @throws Problem 409 when it has just ended, or runs in another process */
export function requireSession(line: RecordingLine): StoredSession {
  const session = liveSession(line.id);
  if (!session) throw new Problem(409, "The session is over, or its host is not connected.");
  return session;
}

/** What a session under way has shown until now, for the player; its segments' addresses say until when. */
export function liveIndex(line: RecordingLine): PlayerIndex {
  const { screen, elapsedUs } = requireSession(line);
  const { columns, rows, history } = screen;
  const durationUs = Math.max(1, elapsedUs);
  const commands = screen.commands.commands.filter(({ timeUs }) => timeUs < durationUs);
  return {
    version: 1,
    duration: durationUs / 1e6,
    term: { cols: columns, rows },
    segments: history.startsUs
      .filter((startUs, place) => place === 0 || startUs < durationUs)
      .map((startUs, place) => ({ start: startUs / 1e6, url: `segments/${place}?to=${durationUs}` })),
    markers: commands
      .map(({ timeUs, command }): [number, string] => [timeUs / 1e6, command.slice(0, 200)])
      .sort(([a], [b]) => a - b),
  };
}

/** A stretch of a session under way, up to the moment that its index ended. @throws Problem 400, 404, 409 */
export function liveSegment(
  line: RecordingLine,
  segment: number,
  params: URLSearchParams,
): Promise<Pick<Segment, "snapshot" | "events">> {
  const to = params.get("to") ?? "";
  if (!/^[1-9]\d{0,14}$/.test(to))
    throw badRequest([{ parameter: "to", reason: "must be the microseconds that the index has" }]);
  return requireSession(line).screen.history.segment(segment, Number(to));
}
