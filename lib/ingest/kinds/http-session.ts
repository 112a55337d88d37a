import type { DraftOf, RowDraft } from "@/lib/ingest/rows.ts";

/** Longest text of a request's name-like fields (user, host, method) and of its long ones, in characters. */
export const longestName = 1024;
export const longestText = 65_536;

export type Who = Pick<
  DraftOf<"connection-events">,
  "user" | "target" | "connectionRef" | "kind" | "clientAddress" | "clientSoftware"
>;

/** A session begins with its first request. HTTP keeps no connection, so it is never known to be open. */
export function sessionRows(who: Who, time: string): RowDraft[] {
  return (["open", "disconnected"] as const).map((event) => ({
    log: "connection-events",
    once: `${event} ${who.connectionRef}`,
    row: { ...who, time, event, outcome: "allowed" },
  }));
}
