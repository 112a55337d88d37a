import { type ByteSource, type RecordingPart, sliceSource } from "@/lib/recordings/input.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { type Findings, RecordingError } from "@/lib/recordings/session.ts";

const BLOCK = 512;
const ascii = new TextDecoder("latin1");
const utf8 = new TextDecoder();

/** Whether a block is a tar's header (POSIX ustar, GNU, or the older form), told by its checksum. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < BLOCK || block[0] === 0) return false;
  const claimed = octal(block, 148, 8);
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  return claimed === sum;
}

/**
 * The plain files of a tar, found by walking its headers: contents are not read. Names are for telling parts
 * apart; nothing is ever written under them.
 * @throws RecordingError for too many files
 */
export function tarParts(source: ByteSource, findings: Findings): RecordingPart[] {
  const parts: RecordingPart[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= source.size; ) {
    const block = source.read(at, BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const size = numberAt(block, 124, 12);
    if (!isTarHeader(block) || size === undefined) {
      findings.add("truncated", undefined, "The tar has a damaged header; what follows it was not read.");
      break;
    }
    const data = sliceSource(source, at + BLOCK, size);
    if (data.size < size) findings.add("truncated", undefined, "The tar ends within a file.");
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === "L") longName = trimmed(utf8, data.read(0, 4096));
    else if (type === "x") longName = paxPath(data.read(0, 65_536)) ?? longName;
    else {
      if (type === "0" || type === "\0") parts.push({ name: longName ?? nameIn(block), source: data });
      longName = undefined;
    }
    if (parts.length > recordingLimits.parts) {
      throw new RecordingError("tar", `has more than ${recordingLimits.parts} files`);
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return parts;
}

function nameIn(block: Uint8Array): string {
  const name = trimmed(utf8, block.subarray(0, 100));
  const prefix = ascii.decode(block.subarray(257, 262)) === "ustar" ? block.subarray(345, 500) : undefined;
  const folder = prefix === undefined ? "" : trimmed(utf8, prefix);
  return folder === "" ? name : `${folder}/${name}`;
}

function trimmed(decoder: TextDecoder, bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

function paxPath(records: Uint8Array): string | undefined {
  return /^\d+ path=(.*)$/m.exec(utf8.decode(records))?.[1];
}

/** Octal digits, or a big-endian number behind a byte 0x80 as GNU writes large sizes. */
function numberAt(block: Uint8Array, start: number, length: number): number | undefined {
  if (block[start] !== 0x80) return octal(block, start, length);
  let value = 0;
  for (const byte of block.subarray(start + 1, start + length)) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : undefined;
}

function octal(block: Uint8Array, start: number, length: number): number | undefined {
  const digits = ascii
    .decode(block.subarray(start, start + length))
    .replace(/[\0 ]+$/, "")
    .trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}
