import {
  decodeString,
  elements,
  MAX_BODY_DEPTH,
  members,
  parseRange,
  typeAt,
} from "@/lib/record/json-scan.ts";

/** `plain`: a text, number, true, false or null. `headers`: a list of names and values. */
type Kept = "plain" | "url" | "headers" | { readonly [name: string]: Kept };

const keptOfEntry: Kept = {
  startedDateTime: "plain",
  time: "plain",
  request: {
    ...{ method: "plain", url: "url", httpVersion: "plain", headers: "headers" },
    ...{ headersSize: "plain", bodySize: "plain" },
  },
  response: {
    ...{ status: "plain", statusText: "plain", httpVersion: "plain", redirectURL: "url" },
    ...{ content: { size: "plain", mimeType: "plain" }, headersSize: "plain", bodySize: "plain" },
  },
  serverIPAddress: "plain",
  pageref: "plain",
};

const keptHeaders: ReadonlySet<string> = new Set(["user-agent", "referer"]);

/**
 * Reduces an entry of a HAR file to what is named above; cookies, other headers, query lists, posted data and the
 * contents of answers are never decoded. Where an object stands for a text or the other way round, an empty object
 * or null is kept, so that the mistake is still seen and nothing of it is.
 * @throws {JsonError} when a text that is kept is not UTF-8
 */
export function keptEntry(bytes: Uint8Array, start: number): unknown {
  return keep(bytes, start, keptOfEntry);
}

function keep(bytes: Uint8Array, start: number, kept: Kept): unknown {
  const type = typeAt(bytes, start);
  if (kept === "headers") return type === "array" ? keepHeaders(bytes, start) : null;
  if (typeof kept === "object") {
    if (type !== "object") return null;
    const found: { [name: string]: unknown } = {};
    for (const { key, valueRange } of members(bytes, start, MAX_BODY_DEPTH)) {
      const inner = Object.hasOwn(kept, key) ? kept[key] : undefined;
      if (inner === undefined) continue;
      found[key] =
        typeof inner === "object" || inner === "headers"
          ? keep(bytes, valueRange.start, inner)
          : keepPlain(bytes, valueRange, inner);
    }
    return found;
  }
  return null;
}

function keepPlain(bytes: Uint8Array, range: { start: number; end: number }, kept: Kept): unknown {
  const type = typeAt(bytes, range.start);
  if (type === "object" || type === "array") return {};
  const value = parseRange(bytes, range);
  // What a data: URL holds is the content of an answer.
  return kept === "url" && typeof value === "string"
    ? value.replace(/^(\s*data:[^,]{0,200})[\s\S]*/i, "$1")
    : value;
}

/** The first of each header that is kept. */
function keepHeaders(bytes: Uint8Array, start: number): { name: string; value: string }[] {
  const found = new Map<string, { name: string; value: string }>();
  for (const header of elements(bytes, start, MAX_BODY_DEPTH)) {
    if (typeAt(bytes, header.start) !== "object") continue;
    let name: string | undefined;
    let valueAt: { start: number; end: number } | undefined;
    for (const { key, valueRange } of members(bytes, header.start, MAX_BODY_DEPTH)) {
      if (typeAt(bytes, valueRange.start) !== "string") continue;
      if (key === "name") name = decodeString(bytes, valueRange);
      if (key === "value") valueAt = valueRange;
    }
    const plain = name?.toLowerCase() ?? "";
    if (name !== undefined && valueAt && keptHeaders.has(plain) && !found.has(plain))
      found.set(plain, { name, value: decodeString(bytes, valueAt) });
  }
  return [...found.values()];
}
