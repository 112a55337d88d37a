import { ingestLimits } from "@/lib/ingest/limits.ts";
import { MAX_BODY_DEPTH, scanValue } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** An escape or a character that is cut in two is told by where it begins. */
const longestToken = 8;
const stepBytes = 1024 * 1024;

export const largeText = `is larger than ${ingestLimits.harEntry} bytes`;

/**
 * Checks the value that begins at `start`, unless it is larger than an entry may be.
 * @returns the offset after it, undefined when it is larger
 * @throws {JsonError}
 */
export function endWithin(body: Uint8Array, start: number): number | undefined {
  const within = body.subarray(0, start + ingestLimits.harEntry);
  try {
    return scanValue(within, start, MAX_BODY_DEPTH);
  } catch (error) {
    const isCut = within.length < body.length;
    if (isCut && error instanceof JsonError && error.offset > within.length - longestToken) return undefined;
    throw error;
  }
}

/**
 * Where a large object or array ends that nothing is read of: only its texts and brackets are looked at, and others
 * have their turn meanwhile.
 * @throws {JsonError} when it does not end
 */
export function* endOfLarge(body: Uint8Array, start: number): Generator<undefined, number, void> {
  let depth = 0;
  let inText = false;
  let stepEnd = start + stepBytes;
  for (let at = start; at < body.length; at++) {
    if (at >= stepEnd) {
      stepEnd = at + stepBytes;
      yield;
    }
    const byte = body[at] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (opening.has(byte)) depth++;
    else if (closing.has(byte)) depth--;
    if (depth === 0 && !inText) return at + 1;
  }
  throw new JsonError("the text ends inside a value", body.length);
}
