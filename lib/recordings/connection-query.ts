import { isUuid } from "@/lib/http/id.ts";
import type { ParameterError } from "@/lib/http/problem.ts";

export const connectionTabs = ["video", "text", "events"] as const;
export type ConnectionTab = (typeof connectionTabs)[number];

/**
 * Which tab of a connection's page, which of its recordings, and where that begins to play: `recordingId` and
 * `startUs` are undefined where the address does not say.
 */
export type ConnectionQuery = {
  tab: ConnectionTab;
  recordingId: string | undefined;
  startUs: number | undefined;
};

/** The last second that a recording can have; see lib/recordings/limits.ts. */
const mostSeconds = 31 * 86_400;

/**
 * Reads the address. What it says wrong is named, and the page begins at the beginning.
 * @param others parameters that somebody else reads
 */
export function parseConnectionQuery(
  params: URLSearchParams,
  others: (name: string) => boolean = () => false,
): ConnectionQuery & { errors: ParameterError[] } {
  const errors: ParameterError[] = [];
  const query: ConnectionQuery = { tab: "video", recordingId: undefined, startUs: undefined };
  for (const name of new Set(params.keys())) {
    if (others(name)) continue;
    const given = params.getAll(name);
    const reason = given.length > 1 ? "may be given once" : read(query, name, given[0] ?? "");
    if (reason !== undefined) errors.push({ parameter: name, reason });
  }
  return { ...query, errors };
}

function read(query: ConnectionQuery, name: string, value: string): string | undefined {
  if (name === "tab") {
    const tab = connectionTabs.find((each) => each === value);
    if (tab === undefined) return `must be one of ${connectionTabs.join(", ")}`;
    query.tab = tab;
    return undefined;
  }
  if (name === "recording") {
    if (!isUuid(value)) return "must be the id of a recording";
    query.recordingId = value;
    return undefined;
  }
  if (name !== "t") return "is no parameter of this page";
  const startUs = microsOfSeconds(value);
  if (startUs === undefined) return "must be seconds of the recording, such as 65 or 65.5";
  query.startUs = startUs;
  return undefined;
}

/** A second of a recording as an address names it, in microseconds; undefined when it is none. */
export function microsOfSeconds(value: string): number | undefined {
  if (!/^\d{1,7}(\.\d{1,6})?$/.test(value) || Number(value) > mostSeconds) return undefined;
  return Math.round(Number(value) * 1e6);
}
