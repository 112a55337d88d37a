import { type ByteSource, chunksOf } from "@/lib/recordings/input.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { RecordingError } from "@/lib/recordings/session.ts";

export type Line = {
  bytes: Uint8Array;
  /** Where the line begins in the source. */
  offset: number;
  /** False for a last line without its end: it may have been cut off. */
  ended: boolean;
};

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a source without their ends (LF or CR LF), empty ones included, holding one line at a time.
 * @throws RecordingError for a line longer than `recordingLimits.line`
 */
export function* linesIn(source: ByteSource): Generator<Line, void> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let offset = 0;
  let position = 0;
  for (const chunk of chunksOf(source)) {
    let start = 0;
    for (;;) {
      const feed = chunk.indexOf(LINE_FEED, start);
      const end = feed === -1 ? chunk.length : feed;
      length += end - start;
      if (length > recordingLimits.line) {
        throw new RecordingError(`the line at byte ${offset}`, `longer than ${recordingLimits.line} bytes`);
      }
      if (feed === -1) {
        if (end > start) pieces.push(chunk.subarray(start, end));
        break;
      }
      const bytes =
        pieces.length === 0 ? chunk.subarray(start, end) : joined(pieces, chunk.subarray(start, end));
      yield { bytes: withoutReturn(bytes), offset, ended: true };
      pieces = [];
      length = 0;
      start = feed + 1;
      offset = position + start;
    }
    position += chunk.length;
  }
  if (length > 0) yield { bytes: withoutReturn(joined(pieces)), offset, ended: false };
}

function joined(pieces: Uint8Array[], last?: Uint8Array): Uint8Array {
  return Buffer.concat(last === undefined ? pieces : [...pieces, last]);
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}
