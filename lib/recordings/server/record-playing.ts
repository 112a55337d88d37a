import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import type { RecordingLine } from "../recording-line.ts";

/** A player asks for many stretches: within this time they are one playback. */
const togetherMs = 3_600_000;
const mostKnown = 10_000;

// The server's bundles share only globalThis: pages say that a playback begins, and routes serve it.
const store = globalThis as { [key]?: Map<string, number> };
const key: unique symbol = Symbol.for("daybook.playbacks");
store[key] ??= new Map();
const begun = store[key];

function nameOf({ kind, id, sessionId = "" }: Principal, line: Pick<RecordingLine, "id" | "state">): string {
  return [kind, id, sessionId, line.id, line.state].join(" ");
}

/** The audit log has been told that somebody plays a recording or watches a session. */
export function notePlaying(principal: Principal, line: Pick<RecordingLine, "id" | "state">): void {
  if (begun.size >= mostKnown) begun.clear();
  begun.set(nameOf(principal, line), performance.now());
}

/** Calls `record` before somebody is shown a stretch of what the audit log does not know yet that they play. */
export async function oncePlaying(
  principal: Principal,
  line: Pick<RecordingLine, "id" | "state">,
  record: () => Promise<void>,
): Promise<void> {
  const known = begun.get(nameOf(principal, line));
  if (known !== undefined && performance.now() - known < togetherMs) return;
  notePlaying(principal, line);
  try {
    await record();
  } catch (error) {
    begun.delete(nameOf(principal, line));
    throw error;
  }
}
