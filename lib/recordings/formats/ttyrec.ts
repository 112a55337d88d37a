import { ByteReader } from "@/lib/recordings/byte-reader.ts";
import { headOf, onlyPart, type RecordingFormat } from "@/lib/recordings/define.ts";
import type { RecordingPart } from "@/lib/recordings/input.ts";
import {
  type Findings,
  instantOfMicros,
  RecordingError,
  type RecordingInfo,
  type TerminalEvent,
} from "@/lib/recordings/session.ts";
import { initialSize } from "@/lib/recordings/size.ts";
import { Utf8Stream } from "@/lib/recordings/utf8-stream.ts";

/** Frames longer than this are no ttyrec's: it writes what one read of a terminal gave. */
const LONGEST = 64 * 1024 * 1024;
const HEADER = 12;

/**
 * ttyrec: frames of seconds, microseconds and length (uint32, little endian) and then the bytes. There is no
 * size; termrec begins with the sequence that sets it.
 */
export const ttyrec: RecordingFormat = {
  name: "ttyrec",
  label: "ttyrec",
  detect(parts) {
    const part = onlyPart(parts);
    if (part === undefined) return false;
    const head = view(headOf(part, 64));
    const first = frameAt(head, 0);
    if (first === undefined || first.length === 0 || first.seconds > 4_000_000_000) return false;
    if (first.micros >= 1_000_000 || first.length > LONGEST) return false;
    const second = view(part.source.read(HEADER + first.length, HEADER));
    const next = frameAt(second, 0);
    // One frame alone has to end where the file ends, or be cut off before the next header.
    if (next === undefined) return part.source.size - HEADER - first.length < HEADER && first.seconds > 0;
    return (
      next.micros < 1_000_000 &&
      next.length <= LONGEST &&
      Math.abs(next.seconds - first.seconds) < 31 * 86_400
    );
  },
  open(parts, findings) {
    const part = onlyPart(parts);
    if (part === undefined) throw new RecordingError("recording", "a ttyrec is one file");
    const first = frameAt(view(headOf(part, HEADER)), 0);
    const started = first && instantOfMicros(first.seconds * 1_000_000 + first.micros);
    const [, rows, columns] = sizeSequence.exec(new TextDecoder().decode(headOf(part, 256))) ?? [];
    const info: RecordingInfo = {
      format: "ttyrec",
      ...initialSize(columns === undefined ? undefined : Number(columns), Number(rows), findings),
      ...(started === undefined ? {} : { startedAt: started }),
    };
    return { info, events: frames(part, findings) };
  },
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence begins with one
const sizeSequence = /\u001b\[8;(\d{1,4});(\d{1,4})t/;

type Frame = { seconds: number; micros: number; length: number };

function frameAt(bytes: DataView, at: number): Frame | undefined {
  if (bytes.byteLength < at + HEADER) return undefined;
  return {
    seconds: bytes.getUint32(at, true),
    micros: bytes.getUint32(at + 4, true),
    length: bytes.getUint32(at + 8, true),
  };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function* frames(part: RecordingPart, findings: Findings): Generator<TerminalEvent, void> {
  const reader = new ByteReader(part.source);
  const text = new Utf8Stream(findings);
  let start: number | undefined;
  let timeUs = 0;
  while (reader.left > 0) {
    const frame = frameAt(view(reader.bytes(HEADER)), 0);
    if (frame === undefined) {
      findings.add("truncated", timeUs, "The recording ends within a frame.");
      break;
    }
    const at = frame.seconds * 1_000_000 + frame.micros;
    start ??= at;
    timeUs = at - start;
    if (frame.length > reader.left) {
      findings.add("truncated", timeUs, "The recording ends within a frame.");
    }
    for (const bytes of reader.take(frame.length)) yield [timeUs, "o", text.push(bytes, timeUs)];
  }
  yield [timeUs, "o", text.end(timeUs)];
}
