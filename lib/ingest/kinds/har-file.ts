import { createHash } from "node:crypto";
import { BadBody, type ForeignRecord, type MapContext, type Rejected } from "@/lib/ingest/define.ts";
import { tooLargeText } from "@/lib/ingest/issues.ts";
import { HarEntry, partsOf, timeOfEntry, userMissing } from "@/lib/ingest/kinds/har-entry.ts";
import { keptEntry } from "@/lib/ingest/kinds/har-kept.ts";
import { endOfLarge, endWithin, largeText } from "@/lib/ingest/kinds/har-large.ts";
import { ingestLimits } from "@/lib/ingest/limits.ts";
import {
  type ByteRange,
  decodeString,
  items,
  keys,
  MAX_BODY_DEPTH,
  members,
  parseRange,
  typeAt,
} from "@/lib/record/json-scan.ts";
import { JsonError, skipBlanks } from "@/lib/record/json-tokens.ts";
import { redactHttpRecord } from "@/lib/record/redact.ts";

/**
 * The entries of a HAR 1.2 file in the order of their times, those without one last. The file is one session, named
 * by the SHA-256 of its bytes; an entry's id is that, its number in the file, and its startedDateTime. So the same
 * file twice is stored once, and the same request twice within a file is two requests, as it was for the server.
 *
 * What is kept as a record is a HAR file of that one entry with the times, method, URL, status, sizes, media type,
 * serverIPAddress and the headers User-Agent and Referer; its URLs are masked like those of access logs. Cookies, all
 * other headers, the list of parameters, posted data, contents of answers and fields that HAR does not know are left
 * out, whatever the source's settings are.
 * @see http://www.softwareishard.com/blog/har-12-spec/
 * @throws {BadBody} when the file as a whole cannot be read, or the source does not say whose it is
 */
export function* readHar(
  body: Uint8Array,
  context: MapContext,
): Generator<ForeignRecord | Rejected | undefined, void, void> {
  if (!context.settings.user) throw new BadBody(`user: ${userMissing}`);
  const file = yield* fileOf(body);
  if (file.kept && file.entries.length !== 1)
    throw new BadBody("log._daybook: belongs to a file of one entry");
  const name = file.kept?.file ?? (yield* hashOf(body));
  file.entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.place - b.place));
  const host = file.kept?.host ?? (yield* hostOfFirst(body, file.entries));
  for (const { start, end, time: when, place: at, isLarge } of file.entries) {
    const of = { file: name, place: file.kept?.place ?? at, host };
    const time = when === lastOfAll ? "" : when;
    if (isLarge) yield unreadLarge(of, end - start);
    else yield readEntry(body, { start, end }, context, { ...of, time });
  }
}

/** Behind all times, for entries that have none. */
const lastOfAll = "~";

type Place = ByteRange & { time: string; place: number; isLarge: boolean };
/** What Daybook wrote into the file of one entry, for when it is taken out of quarantine. */
type KeptOf = { file: string; place: number; host: string };

/** Work of which others wait for no more than a step. */
type InTurns<Result> = Generator<undefined, Result, void>;

function* hashOf(body: Uint8Array): InTurns<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < body.length; at += 1_048_576) {
    hash.update(body.subarray(at, at + 1_048_576));
    yield;
  }
  return hash.digest("hex");
}

function* fileOf(body: Uint8Array): InTurns<{ entries: Place[]; kept: KeptOf | undefined }> {
  let entries: Place[] | undefined;
  let kept: KeptOf | undefined;
  const readLog = function* (start: number): InTurns<number> {
    const walk = keys(body, start);
    let step = walk.next();
    while (!step.done) {
      const { key, valueStart } = step.value;
      let end: number;
      if (key === "entries") {
        if (entries !== undefined) throw new BadBody("log.entries: is there twice");
        if (typeAt(body, valueStart) !== "array") throw new BadBody("log.entries: must be an array");
        entries = [];
        end = yield* placesOf(body, valueStart, entries);
      } else end = endOf(body, valueStart, `log.${key}`);
      const range = { start: valueStart, end };
      if (key === "version") checkVersion(body, range);
      if (key === "_daybook") kept = keptOf(parseRange(body, range));
      step = walk.next(end);
    }
    return step.value;
  };
  try {
    const walk = keys(body, skipBlanks(body, 0));
    let step = walk.next();
    while (!step.done) {
      const { key, valueStart } = step.value;
      const isLog = key === "log" && typeAt(body, valueStart) === "object";
      step = walk.next(isLog ? yield* readLog(valueStart) : endOf(body, valueStart, key));
    }
    if (skipBlanks(body, step.value) < body.length)
      throw new BadBody("The body is one HAR file, and something follows it");
  } catch (error) {
    if (error instanceof JsonError)
      throw new BadBody(`The body is a HAR file that is cut off or is not JSON: ${error.message}`);
    throw error;
  }
  if (entries === undefined) throw new BadBody("log.entries: missing");
  return { entries, kept };
}

function endOf(body: Uint8Array, start: number, name: string): number {
  const end = endWithin(body, start);
  if (end === undefined) throw new BadBody(`${name.slice(0, 100)}: ${largeText}`);
  return end;
}

function checkVersion(body: Uint8Array, range: ByteRange): void {
  const version = typeAt(body, range.start) === "string" ? decodeString(body, range) : "";
  if (!/^1\.\d{1,3}$/.test(version)) throw new BadBody("log.version: must be a text such as 1.2");
}

/** @param places gets where each entry lies and when it began @returns where the array ends */
function* placesOf(body: Uint8Array, start: number, places: Place[]): InTurns<number> {
  const walk = items(body, start);
  let step = walk.next();
  while (!step.done) {
    if (places.length === ingestLimits.records)
      throw new BadBody(`log.entries: has more than ${ingestLimits.records} entries`);
    const at = step.value;
    const end = endWithin(body, at);
    const entry = { start: at, place: places.length };
    if (end === undefined) {
      const range = { ...entry, end: yield* endOfLarge(body, at) };
      places.push({ ...range, time: lastOfAll, isLarge: true });
      step = walk.next(range.end);
    } else {
      places.push({ ...entry, end, time: timeAt(body, at), isLarge: false });
      step = walk.next(end);
    }
    yield;
  }
  return step.value;
}

function timeAt(body: Uint8Array, start: number): string {
  let time: string | undefined;
  if (typeAt(body, start) === "object")
    for (const { key, valueRange } of members(body, start, MAX_BODY_DEPTH))
      if (key === "startedDateTime" && typeAt(body, valueRange.start) === "string")
        time = timeOfEntry(decodeString(body, valueRange));
  // Fractions of different lengths would not sort as texts: Z is behind every digit.
  return (
    time?.replace(/(?:\.(\d+))?Z$/, (_end, digits = "") => `.${String(digits).padEnd(6, "0")}Z`) ?? lastOfAll
  );
}

function* hostOfFirst(body: Uint8Array, entries: readonly Place[]): InTurns<string> {
  for (const { start, isLarge } of entries) {
    if (isLarge) continue;
    const { request } = (keptOrNull(body, start) ?? {}) as { request?: { url?: unknown } | null };
    const asked = typeof request?.url === "string" ? partsOf(request.url) : undefined;
    yield;
    if (asked && "host" in asked) return asked.host;
  }
  return "";
}

function keptOrNull(body: Uint8Array, start: number): unknown {
  try {
    return keptEntry(body, start);
  } catch (error) {
    // The entry is kept aside with this reason when its turn comes.
    if (error instanceof JsonError) return null;
    throw error;
  }
}

function readEntry(
  body: Uint8Array,
  range: ByteRange,
  context: MapContext,
  { time, ...of }: KeptOf & { time: string },
): ForeignRecord | Rejected {
  const id = `${of.file}/${of.place}/${time}`;
  const unread = (rejected: string): Rejected => {
    const bytes = body.subarray(range.start, range.end);
    return { id, rejected, raw: encode(wrapped(of, `${bytes.length} bytes ${context.mask(bytes)}`)) };
  };
  try {
    const whole = encode(wrapped(of, keptEntry(body, range.start)));
    if (whole.length > ingestLimits.record) return unread(tooLargeText());
    const raw = redactHttpRecord(whole, context);
    const { log } = parseRange(raw, { start: 0, end: raw.length }) as ReturnType<typeof wrapped>;
    // The id says which file and where in it: what masks make of it is not what tells records apart.
    return {
      id,
      identity: new TextEncoder().encode(id),
      raw,
      value: new HarEntry(of.file, of.place, of.host, log.entries[0]),
    };
  } catch (error) {
    if (error instanceof JsonError) return unread(`the entry cannot be read: ${error.message}`);
    throw error;
  }
}

/** Not even a digest of it is kept: it would be one that costs everybody time. */
function unreadLarge(of: KeptOf, bytes: number): Rejected {
  const rejected = `the entry ${largeText}: save the file without the contents of answers`;
  return { id: `${of.file}/${of.place}/`, rejected, raw: encode(wrapped(of, `${bytes} bytes`)) };
}

function wrapped({ file, place, host }: KeptOf, entry: unknown) {
  const creator = { name: "Daybook", version: "1" };
  return { log: { version: "1.2", creator, _daybook: { file, place, host }, entries: [entry] } };
}

function keptOf(value: unknown): KeptOf {
  const { file, place, host } = (value ?? {}) as { [name: string]: unknown };
  if (typeof file !== "string" || !/^[0-9a-f]{64}$/.test(file))
    throw new BadBody("log._daybook.file: must be a SHA-256 in hex");
  if (!Number.isSafeInteger(place) || Number(place) < 0)
    throw new BadBody("log._daybook.place: must be a number from 0");
  if (typeof host !== "string" || host.length > 300)
    throw new BadBody("log._daybook.host: must be a text of at most 300 characters");
  return { file, place: Number(place), host };
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
