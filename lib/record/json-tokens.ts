/** The tokens of JSON over bytes, checked strictly: what lib/record/json-scan.ts is made of. */

/** The bytes are not JSON, or nested too deeply. The message names the reason and the byte. */
export class JsonError extends Error {
  override name = "JsonError";
  constructor(
    reason: string,
    readonly offset: number,
  ) {
    super(`${reason} at byte ${offset}`);
  }
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** The offset of the first byte at or after `at` that is no blank. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next++;
  }
}

/** A string, number or word: from its first byte to behind its last. */
export function scanScalar(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return scanString(bytes, at);
    case 0x74:
      return scanWord(bytes, at, "true");
    case 0x66:
      return scanWord(bytes, at, "false");
    case 0x6e:
      return scanWord(bytes, at, "null");
    default:
      return scanNumber(bytes, at);
  }
}

function scanWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word.charCodeAt(i)) throw unexpected(bytes, at, "a value");
  }
  return at + word.length;
}

function scanNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  if (bytes[at] === 0x30) at++;
  else at = scanDigits(bytes, at, "a value");
  if (bytes[at] === DOT) at = scanDigits(bytes, at + 1, "a digit");
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const sign = bytes[at + 1];
    at = scanDigits(bytes, sign === 0x2b || sign === MINUS ? at + 2 : at + 1, "a digit");
  }
  return at;
}

function scanDigits(bytes: Uint8Array, start: number, expected: string): number {
  let at = start;
  while (isDigit(bytes[at])) at++;
  if (at === start) throw unexpected(bytes, at, expected);
  return at;
}

/** From the opening quote to behind the closing one. */
export function scanString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined) throw new JsonError("the text ends inside a string", at);
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at = scanEscape(bytes, at);
    else if (byte < 0x20) throw new JsonError("control character in a string", at);
    else if (byte < 0x80) at++;
    else at = scanMultibyte(bytes, at, byte);
  }
}

function scanEscape(bytes: Uint8Array, start: number): number {
  const kind = bytes[start + 1];
  if (kind !== 0x75) {
    // " \ / b f n r t
    const known =
      kind === QUOTE ||
      kind === BACKSLASH ||
      kind === 0x2f ||
      kind === 0x62 ||
      kind === 0x66 ||
      kind === 0x6e ||
      kind === 0x72 ||
      kind === 0x74;
    if (!known) throw new JsonError("unknown escape in a string", start);
    return start + 2;
  }
  for (let at = start + 2; at < start + 6; at++) {
    if (!isHexDigit(bytes[at])) throw new JsonError("unknown escape in a string", start);
  }
  return start + 6;
}

/** One character of two to four bytes, as Unicode's table of well-formed sequences has it. */
function scanMultibyte(bytes: Uint8Array, at: number, lead: number): number {
  const second = bytes[at + 1] ?? 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    if (isContinuation(second)) return at + 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    const lowest = lead === 0xe0 ? 0xa0 : 0x80;
    const highest = lead === 0xed ? 0x9f : 0xbf;
    if (second >= lowest && second <= highest && isContinuation(bytes[at + 2])) return at + 3;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    const lowest = lead === 0xf0 ? 0x90 : 0x80;
    const highest = lead === 0xf4 ? 0x8f : 0xbf;
    if (
      second >= lowest &&
      second <= highest &&
      isContinuation(bytes[at + 2]) &&
      isContinuation(bytes[at + 3])
    ) {
      return at + 4;
    }
  }
  throw new JsonError("not UTF-8", at);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

export function unexpected(bytes: Uint8Array, at: number, expected: string): JsonError {
  if (at >= bytes.length) return new JsonError(`the text ends where ${expected} should be`, at);
  return new JsonError(`expected ${expected}`, at);
}
