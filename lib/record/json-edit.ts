import type { ByteRange } from "@/lib/record/json-scan.ts";

/** Replaces a range of the bytes by a text. */
export type Edit = ByteRange & { text: string };

/** A string's text as UTF-8, and for each of its bytes (and the end) the offset where the source has it. */
type LocatedText = { bytes: Uint8Array; offsets: Int32Array };

const encoder = new TextEncoder();
const BACKSLASH = 0x5c;

/**
 * Replaces ranges and leaves every other byte as it was. Edits may come in any order; one that lies within
 * another is dropped.
 */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  if (edits.length === 0) return bytes;
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at) continue;
    parts.push(bytes.subarray(at, edit.start), encoder.encode(edit.text));
    at = edit.end;
  }
  parts.push(bytes.subarray(at));
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    result.set(part, end);
    end += part.length;
  }
  return result;
}

/** A text as it stands inside a JSON string, without the quotes. */
export function escapeText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * Undoes the escapes of a JSON string that was scanned, keeping for every byte of the result where it came
 * from: so that what a string holds (JSON within JSON) can be edited in place.
 */
export function locateText(source: Uint8Array, range: ByteRange): LocatedText {
  const end = range.end - 1;
  const bytes = new Uint8Array(end - range.start);
  const offsets = new Int32Array(end - range.start + 1);
  let length = 0;
  const put = (byte: number, from: number) => {
    bytes[length] = byte;
    offsets[length++] = from;
  };
  let at = range.start + 1;
  while (at < end) {
    const byte = source[at] ?? 0;
    if (byte !== BACKSLASH) {
      put(byte, at++);
      continue;
    }
    const from = at;
    const escaped = source[at + 1];
    if (escaped !== 0x75) {
      put(shortEscapes.get(escaped ?? 0) ?? escaped ?? 0, from);
      at += 2;
      continue;
    }
    let unit = hexUnit(source, at + 2);
    at += 6;
    if (unit >= 0xd800 && unit < 0xdc00 && source[at] === BACKSLASH && source[at + 1] === 0x75) {
      const low = hexUnit(source, at + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      }
    }
    // A lone surrogate becomes U+FFFD, as in every UTF-8 encoder.
    for (const part of encoder.encode(String.fromCodePoint(unit))) put(part, from);
  }
  offsets[length] = end;
  return { bytes: bytes.subarray(0, length), offsets: offsets.subarray(0, length + 1) };
}

const shortEscapes = new Map([
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

function hexUnit(bytes: Uint8Array, start: number): number {
  return Number.parseInt(String.fromCharCode(...bytes.subarray(start, start + 4)), 16);
}
