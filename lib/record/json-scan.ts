import { ingestLimits } from "@/lib/ingest/limits.ts";
import { JsonError, scanScalar, scanString, skipBlanks, unexpected } from "@/lib/record/json-tokens.ts";

/**
 * A strict JSON scanner over bytes (RFC 8259, UTF-8 checked) that reports where things are instead of what
 * they are, so that a record keeps the bytes it came with: keys may repeat, numbers are never read, escapes
 * stay as they were. Lone surrogate escapes and \u0000 are allowed, as the grammar allows them.
 * Every function costs time in proportion to the bytes it passes over.
 */

/** Offsets into the bytes, `end` exclusive. */
export type ByteRange = { start: number; end: number };

export type Member = {
  /** The key with its escapes undone. Keys may repeat. */
  key: string;
  /** The key with its quotes. */
  keyRange: ByteRange;
  valueRange: ByteRange;
};

type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

/** Records nested deeper are an error: what reads them afterwards may recurse. */
export const MAX_DEPTH: number = ingestLimits.nesting;

/** For cutting a body into its records, so that one record too deep does not cost the others. */
export const MAX_BODY_DEPTH = 10_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Checks that the bytes hold exactly one value, with blanks around it at most.
 * @throws {JsonError}
 */
export function scanDocument(bytes: Uint8Array, maxDepth = MAX_DEPTH): ByteRange {
  const start = skipBlanks(bytes, 0);
  const end = scanValue(bytes, start, maxDepth);
  const rest = skipBlanks(bytes, end);
  if (rest < bytes.length) throw new JsonError("something follows the value", rest);
  return { start, end };
}

/**
 * Checks the value that begins at `start` (blanks before it are skipped).
 * @returns the offset after the value
 * @throws {JsonError}
 */
export function scanValue(bytes: Uint8Array, start: number, maxDepth = MAX_DEPTH): number {
  // For each level whether the container is an object.
  const inObject: boolean[] = [];
  let depth = 0;
  let at = skipBlanks(bytes, start);
  for (;;) {
    const first = bytes[at];
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (++depth > maxDepth) throw new JsonError(`nested deeper than ${maxDepth} levels`, at);
      const isObject = first === OPEN_OBJECT;
      inObject[depth] = isObject;
      at = skipBlanks(bytes, at + 1);
      if (bytes[at] !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (isObject) at = skipKey(bytes, at);
        continue;
      }
      at++;
      depth--;
    } else {
      at = scanScalar(bytes, at);
    }
    // After a value: close what ends here, then on to the next value or out.
    while (depth > 0) {
      at = skipBlanks(bytes, at);
      const isObject = inObject[depth] === true;
      const next = bytes[at];
      if (next === COMMA) {
        at = skipBlanks(bytes, at + 1);
        if (isObject) at = skipKey(bytes, at);
        break;
      }
      if (next !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        throw unexpected(bytes, at, isObject ? "',' or '}'" : "',' or ']'");
      }
      at++;
      depth--;
    }
    if (depth === 0) return at;
  }
}

/**
 * Walks the object that begins at `start`, checking each member as it goes: what follows a member is only
 * checked when the walk goes on.
 * @throws {JsonError} also when there is no object at `start`
 */
export function* members(
  bytes: Uint8Array,
  start = 0,
  maxDepth = MAX_DEPTH,
): Generator<Member, number, void> {
  let at = skipBlanks(bytes, start);
  if (bytes[at] !== OPEN_OBJECT) throw unexpected(bytes, at, "'{'");
  at = skipBlanks(bytes, at + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) throw unexpected(bytes, at, "a key");
    const keyRange = { start: at, end: scanString(bytes, at) };
    const valueStart = skipColon(bytes, keyRange.end);
    const valueRange = { start: valueStart, end: scanValue(bytes, valueStart, maxDepth) };
    yield { key: decodeString(bytes, keyRange), keyRange, valueRange };
    at = skipBlanks(bytes, valueRange.end);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) throw unexpected(bytes, at, "',' or '}'");
    at = skipBlanks(bytes, at + 1);
  }
}

/**
 * Walks the object that begins at `start` and leaves the values to the caller, who says by `next(end)` where
 * each ended: for an object too large to look at one of its values in one go.
 * @throws {JsonError} also when there is no object at `start`
 */
export function* keys(
  bytes: Uint8Array,
  start: number,
): Generator<{ key: string; valueStart: number }, number, number> {
  let at = skipBlanks(bytes, start);
  if (bytes[at] !== OPEN_OBJECT) throw unexpected(bytes, at, "'{'");
  at = skipBlanks(bytes, at + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) throw unexpected(bytes, at, "a key");
    const keyEnd = scanString(bytes, at);
    const key = decodeString(bytes, { start: at, end: keyEnd });
    at = skipBlanks(bytes, yield { key, valueStart: skipColon(bytes, keyEnd) });
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) throw unexpected(bytes, at, "',' or '}'");
    at = skipBlanks(bytes, at + 1);
  }
}

/**
 * Walks the array that begins at `start`, checking each element as it goes.
 * @throws {JsonError} also when there is no array at `start`
 */
export function* elements(
  bytes: Uint8Array,
  start = 0,
  maxDepth = MAX_DEPTH,
): Generator<ByteRange, number, void> {
  let at = skipBlanks(bytes, start);
  if (bytes[at] !== OPEN_ARRAY) throw unexpected(bytes, at, "'['");
  at = skipBlanks(bytes, at + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    const range = { start: at, end: scanValue(bytes, at, maxDepth) };
    yield range;
    at = skipBlanks(bytes, range.end);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) throw unexpected(bytes, at, "',' or ']'");
    at = skipBlanks(bytes, at + 1);
  }
}

/**
 * Walks the array that begins at `start` and leaves the values to the caller, who says by `next(end)` where each
 * ended, as with {@link keys}.
 * @throws {JsonError} also when there is no array at `start`
 */
export function* items(bytes: Uint8Array, start: number): Generator<number, number, number> {
  let at = skipBlanks(bytes, start);
  if (bytes[at] !== OPEN_ARRAY) throw unexpected(bytes, at, "'['");
  at = skipBlanks(bytes, at + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = skipBlanks(bytes, yield at);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) throw unexpected(bytes, at, "',' or ']'");
    at = skipBlanks(bytes, at + 1);
  }
}

/** What kind of value begins at `start`, told by its first byte. */
export function typeAt(bytes: Uint8Array, start: number): JsonType {
  switch (bytes[start]) {
    case OPEN_OBJECT:
      return "object";
    case OPEN_ARRAY:
      return "array";
    case QUOTE:
      return "string";
    case 0x74: // t
    case 0x66: // f
      return "boolean";
    case 0x6e: // n
      return "null";
    default:
      return "number";
  }
}

/** The text of a string that was scanned, escapes undone. */
export function decodeString(bytes: Uint8Array, range: ByteRange): string {
  const { start, end } = range;
  // Keys are short and plain: putting them together here is faster than asking the decoder.
  let text = "";
  let at = start + 1;
  for (; at < end - 1 && at - start <= SHORT; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH || byte >= 0x80) break;
    text += String.fromCharCode(byte);
  }
  if (at === end - 1) return text;
  if (bytes.subarray(start, end).includes(BACKSLASH)) return JSON.parse(decodeText(bytes, range)) as string;
  return decodeText(bytes, { start: start + 1, end: end - 1 });
}

const SHORT = 40;

/** The value of a range that was scanned. Of repeated keys the last counts, `__proto__` is a plain key. */
export function parseRange(bytes: Uint8Array, range: ByteRange): unknown {
  return JSON.parse(decodeText(bytes, range));
}

/** @throws {JsonError} when the bytes are not UTF-8 */
export function decodeText(bytes: Uint8Array, range: ByteRange): string {
  try {
    return utf8.decode(bytes.subarray(range.start, range.end));
  } catch {
    throw new JsonError("not UTF-8", range.start);
  }
}

function skipKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) throw unexpected(bytes, at, "a key");
  return skipColon(bytes, scanString(bytes, at));
}

function skipColon(bytes: Uint8Array, at: number): number {
  const colon = skipBlanks(bytes, at);
  if (bytes[colon] !== COLON) throw unexpected(bytes, colon, "':'");
  return skipBlanks(bytes, colon + 1);
}
