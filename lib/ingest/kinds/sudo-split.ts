import { bytesToUtf8, utf8ToBytes } from "@/lib/ingest/byte-text.ts";
import { BadBody, type ForeignRecord, type MapContext, type Rejected } from "@/lib/ingest/define.ts";
import { type SudoValue, sudoEventTypes } from "@/lib/ingest/kinds/sudo-events.ts";
import { linesOf } from "@/lib/ingest/lines.ts";
import { parseSyslogLine } from "@/lib/ingest/syslog.ts";
import { type ByteRange, decodeString, members, scanValue, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError, scanString, skipBlanks } from "@/lib/record/json-tokens.ts";
import { redactSudoEvent, redactUnreadable } from "@/lib/record/redact.ts";

type Cut = ForeignRecord | Rejected;

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COLON = 0x3a;
/** `{`, `}` and `,`: what stands between events wherever the growing file was cut. */
const BETWEEN: ReadonlySet<number> = new Set([0x7b, 0x7d, 0x2c]);
const COOKIE = "@cee:";
/** A log with more broken events than full disks explain was not written by sudo. */
const MOST_BROKEN = 100;

const types: ReadonlySet<string> = new Set(sudoEventTypes);
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const keys = sudoEventTypes.map((type) => encoder.encode(`"${type}"`));

/**
 * Cuts a body into events. It is either sudo's event log, whole or a part of it, or lines that each hold one event
 * as `{"sudo":{"accept":{…}}}`, bare, after `@cee:`, or in a syslog line with that cookie.
 *
 * An event of the log is stored from its key to the end of its value, an event of a line as its line. Either can
 * be posted again by itself.
 * @throws {BadBody} when the log ends within an event or is no event log at all
 */
export function* splitSudo(body: Uint8Array, context: MapContext): Generator<Cut, void, void> {
  const first = body[skipBlanks(body, 0)];
  if (first === undefined) return;
  const isLog =
    (BETWEEN.has(first) || first === QUOTE) && !/^\s*\{\s*"sudo"\s*:/.test(textOf(body.subarray(0, 200)));
  if (isLog) yield* splitLog(body, context);
  else for (const line of linesOf(body)) yield readLine(line, context);
}

/**
 * sudo appends to its log by writing `,` and the event over the last `}`, so that a follower sees parts which
 * begin or end anywhere between two events. A disk that was full leaves a broken event in the middle.
 */
function* splitLog(body: Uint8Array, context: MapContext): Generator<Cut, void, void> {
  // sudo copies bytes above ASCII as they come, and a command line may hold any.
  const text = isUtf8(body) ? body : bytesToUtf8(body);
  const bytes = (range: ByteRange) =>
    text === body
      ? body.subarray(range.start, range.end)
      : utf8ToBytes(text.subarray(range.start, range.end));
  let unreadable = 0;
  let at = skipBetween(text, 0);
  while (at < text.length) {
    try {
      const { key, value } = scanEvent(text, at);
      yield readEvent(key, bytes({ start: at, end: value.start }), bytes(value), context);
      at = skipBetween(text, value.end);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      const next = nextEvent(text, at);
      if (next === undefined || ++unreadable > MOST_BROKEN) {
        throw new BadBody(
          error.offset < text.length
            ? `Not sudo's event log: ${error.message}`
            : "The event log ends within an event",
        );
      }
      yield broken(error, bytes({ start: at, end: next }), context);
      at = next;
    }
  }
}

function skipBetween(bytes: Uint8Array, start: number): number {
  let at = skipBlanks(bytes, start);
  while (BETWEEN.has(bytes[at] ?? 0)) at = skipBlanks(bytes, at + 1);
  return at;
}

/** @throws {JsonError} */
function scanEvent(bytes: Uint8Array, start: number): { key: string; value: ByteRange } {
  if (bytes[start] !== QUOTE) throw new JsonError("expected the type of an event", start);
  const keyEnd = scanString(bytes, start);
  const colon = skipBlanks(bytes, keyEnd);
  if (bytes[colon] !== COLON) throw new JsonError("expected ':'", colon);
  const valueStart = skipBlanks(bytes, colon + 1);
  const key = decodeString(bytes, { start, end: keyEnd });
  return { key, value: { start: valueStart, end: scanValue(bytes, valueStart) } };
}

/** Where the next line begins an event, that is where a string of an event cannot be. */
function nextEvent(bytes: Uint8Array, from: number): number | undefined {
  for (let feed = bytes.indexOf(LINE_FEED, from); feed !== -1; feed = bytes.indexOf(LINE_FEED, feed + 1)) {
    const at = skipBlanks(bytes, feed);
    if (keys.some((key) => key.every((byte, index) => bytes[at + index] === byte))) return at;
  }
  return undefined;
}

/**
 * @param head the key and all up to the value
 * @throws {JsonError} when another event begins within the value: then its own end was never written
 */
function readEvent(type: string, head: Uint8Array, value: Uint8Array, context: MapContext): Cut {
  if (!types.has(type))
    return { rejected: unknownType(type), raw: joined(head, redactUnreadable(value, context)) };
  const event: unknown = JSON.parse(textOf(value));
  const within = sudoEventTypes.find((name) => Object.hasOwn(Object(event), name));
  if (within !== undefined) throw new JsonError(`another event, ${within}, within the event that begins`, 0);
  return recordOf({ type, event, host: undefined }, joined(head, redact(value, context)));
}

function readLine(line: Uint8Array, context: MapContext): Cut {
  const found = findJson(line, context);
  if ("skipped" in found) return { id: undefined, raw: line, value: found };
  if ("rejected" in found) return { ...found, raw: redactUnreadable(line, context) };
  const json = line.subarray(found.at);
  const text = isUtf8(json) ? json : bytesToUtf8(json);
  try {
    const events = eventsOf(text);
    const [only] = events;
    if (only === undefined || events.length > 1) {
      const rejected = `expected one event of sudo, found ${events.length}`;
      return { rejected, raw: redactUnreadable(line, context) };
    }
    const raw = joined(line.subarray(0, found.at), redact(json, context));
    if (!types.has(only.key)) return { rejected: unknownType(only.key), raw };
    const value = text.subarray(only.value.start, only.value.end);
    const event: unknown = JSON.parse(textOf(text === json ? value : utf8ToBytes(value)));
    return recordOf({ type: only.key, event, host: found.host }, raw);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return broken(error, line, context);
  }
}

type Found = { at: number; host: string | undefined };

/** Where the JSON of a line begins and which host the line names, or why there is none to read. */
function findJson(line: Uint8Array, context: MapContext): Found | { skipped: string } | { rejected: string } {
  const text = textOf(line);
  if (text.startsWith("{")) return { at: 0, host: undefined };
  if (text.startsWith(COOKIE)) return { at: COOKIE.length, host: undefined };
  const parsed = parseSyslogLine(text, { timeZone: "UTC", receivedAt: context.receivedAt });
  if ("notice" in parsed) return { skipped: parsed.notice };
  if ("problem" in parsed) return { rejected: parsed.problem };
  if (parsed.program !== "sudo") return { skipped: "not sudo" };
  const message = parsed.message.trimStart();
  if (message.startsWith("pam_")) return { skipped: "PAM's view; sudo's own event says more" };
  if (!message.startsWith(COOKIE))
    return { rejected: "sudo's text, not JSON: set log_format=json in sudoers" };
  return { at: indexOfBytes(line, encoder.encode(COOKIE)) + COOKIE.length, host: parsed.host };
}

/** @throws {JsonError} */
function eventsOf(text: Uint8Array): { key: string; value: ByteRange }[] {
  const events: { key: string; value: ByteRange }[] = [];
  const collect = (start: number): number => {
    const walk = members(text, start);
    let step = walk.next();
    for (; !step.done; step = walk.next()) {
      const { key, valueRange } = step.value;
      if (key === "sudo" && start === 0 && typeAt(text, valueRange.start) === "object")
        collect(valueRange.start);
      else events.push({ key, value: valueRange });
    }
    return step.value;
  };
  const end = collect(0);
  if (skipBlanks(text, end) < text.length) throw new JsonError("something follows the event", end);
  return events;
}

function recordOf(value: SudoValue, raw: Uint8Array): ForeignRecord {
  return { id: idOf(value), raw, value };
}

/**
 * sudo gives one uuid to all events of a command, and may refuse the same command twice: once because it asks for a
 * password, once because it is not allowed. The time of logging tells those apart. Old versions have no uuid.
 */
function idOf({ type, event }: SudoValue): string | undefined {
  const { uuid, server_time: time } = Object(event) as { uuid?: unknown; server_time?: unknown };
  const { seconds, nanoseconds } = Object(time) as { seconds?: unknown; nanoseconds?: unknown };
  if (typeof uuid !== "string" || typeof seconds !== "number" || typeof nanoseconds !== "number")
    return undefined;
  return `${uuid}/${type}/${seconds}.${String(nanoseconds).padStart(9, "0")}`;
}

function redact(json: Uint8Array, context: MapContext): Uint8Array {
  return isUtf8(json)
    ? redactSudoEvent(json, context)
    : utf8ToBytes(redactSudoEvent(bytesToUtf8(json), context));
}

function broken(error: JsonError, raw: Uint8Array, context: MapContext): Rejected {
  return { rejected: `broken JSON: ${error.message}`, raw: redactUnreadable(raw, context) };
}

function unknownType(type: string): string {
  return `not an event of sudo: ${type.slice(0, 100)}`;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function textOf(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const result = new Uint8Array(first.length + second.length);
  result.set(first);
  result.set(second, first.length);
  return result;
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0] ?? 0); at !== -1; at = bytes.indexOf(wanted[0] ?? 0, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
