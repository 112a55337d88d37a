import { httpOutcome } from "@/lib/ingest/http-outcome.ts";
import { longestName, longestText, sessionRows } from "@/lib/ingest/kinds/http-session.ts";
import { instantOf } from "@/lib/ingest/rfc3339.ts";
import type { DraftOf } from "@/lib/ingest/rows.ts";
import type { MapContext, Mapped } from "../define.ts";

/** An object of a HAR file as it was sent: nothing is known of the types in it. */
type Loose = { readonly [name: string]: unknown };

/** One entry of a HAR file, reduced to what is kept of it and with its secrets masked. */
export class HarEntry {
  /** Names the file: the SHA-256 of its bytes, in hex. */
  readonly file: string;
  /** The entry's number in the file, from 0. */
  readonly place: number;
  /** The host that the file's first request asked; empty when none can be read. */
  readonly host: string;
  readonly entry: unknown;

  constructor(file: string, place: number, host: string, entry: unknown) {
    this.file = file;
    this.place = place;
    this.host = host;
    this.entry = entry;
  }
}

export const userMissing =
  "a HAR file names no person: set the source's setting user to whom its requests belong";

/**
 * One entry of a HAR file as a request of the file's session.
 *
 * `time` counts from startedDateTime, in milliseconds; -1 (not known) gives no duration. The size is bodySize, as the
 * answer was sent, else content.size. A status of 0, or none, is a request without an answer: it failed. Requests
 * that went over no network (data:, blob:, about:, extensions) are skipped.
 */
export function mapHarEntry({ file, place, host: firstHost, entry }: HarEntry, context: MapContext): Mapped {
  const user = context.settings.user;
  if (!user) return { rejected: `user: ${userMissing}` };
  if (!isLoose(entry)) return { rejected: "the entry: must be an object" };
  const { request, response = {}, startedDateTime } = entry;
  if (!isLoose(request)) return { rejected: "request: must be an object" };
  if (!isLoose(response)) return { rejected: "response: must be an object" };
  const { method, url } = request;
  if (typeof url !== "string") return { rejected: "request.url: must be a text" };
  const asked = partsOf(url);
  if ("skipped" in asked || "rejected" in asked) return asked;
  if (startedDateTime === undefined) return { rejected: "startedDateTime: missing" };
  const time = timeOfEntry(startedDateTime);
  if (time === undefined) return { rejected: "startedDateTime: must be a time of RFC 3339 with its zone" };
  if (typeof method !== "string" || method === "" || method.length > longestName)
    return { rejected: `request.method: must be a text of 1 to ${longestName} characters` };
  const took = entry["time"] ?? -1;
  const durationUs = Math.round(Number(took) * 1000);
  if (typeof took !== "number" || !(durationUs <= Number.MAX_SAFE_INTEGER))
    return { rejected: "time: must be a number of milliseconds" };
  const status = response["status"] ?? 0;
  if (typeof status !== "number") return { rejected: "response.status: must be a number" };
  const bytes = sizeOf(response);
  const clientSoftware = headerOf(request, "user-agent");
  const referrer = headerOf(request, "referer");
  const who = {
    user,
    target: context.settings.target || firstHost || asked.host,
    connectionRef: `har ${file}`,
    kind: "http" as const,
    ...(clientSoftware && { clientSoftware }),
  };
  const row: DraftOf<"session-requests"> = {
    ...who,
    time,
    part: "whole",
    place,
    method,
    request: asked.path.slice(0, longestText),
    host: asked.host,
    ...httpOutcome(status),
    ...(took >= 0 && { durationUs }),
    ...(bytes !== undefined && { bytes }),
    ...(referrer && { referrer }),
  };
  return { rows: [{ log: "session-requests", row }, ...sessionRows(who, time)] };
}

/** When an entry began, in the record's form; undefined when it does not say so in a form that is known. */
export function timeOfEntry(startedDateTime: unknown): string | undefined {
  return typeof startedDateTime === "string" && startedDateTime.length <= 64
    ? instantOf(startedDateTime)
    : undefined;
}

/** Longer than any name of the DNS with its port. */
const longestHost = 300;

/** What a URL asks of which host. Masks in it are no part of the URL syntax, so it is cut by hand. */
export function partsOf(
  url: string,
): { host: string; path: string } | { skipped: string } | { rejected: string } {
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(url) ?? [];
  if (scheme !== undefined && !/^(?:https?|wss?)$/i.test(scheme))
    return { skipped: `a request that went over no network: ${scheme.toLowerCase()}` };
  const [, authority, rest = ""] = /^(?:https?|wss?):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const host = authority?.slice(authority.lastIndexOf("@") + 1).toLowerCase() ?? "";
  if (host === "" || host.length > longestHost || !URL.canParse(`http://${host}/`))
    return { rejected: "request.url: must be a URL with scheme and host" };
  return { host, path: rest.startsWith("/") ? rest : `/${rest}` };
}

function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sizeOf(response: Loose): number | undefined {
  const { bodySize, content } = response;
  const sizes = [bodySize, isLoose(content) ? content["size"] : undefined];
  return sizes.find((size): size is number => Number.isSafeInteger(size) && Number(size) >= 0);
}

function headerOf({ headers }: Loose, wanted: string): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  for (const header of headers as unknown[]) {
    if (!isLoose(header)) continue;
    const { name, value } = header;
    if (typeof name === "string" && typeof value === "string" && name.toLowerCase() === wanted)
      return value.slice(0, longestText);
  }
  return undefined;
}
