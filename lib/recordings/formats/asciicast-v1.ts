import { type ByteRange, elements, members, parseRange, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";
import { onlyPart, type RecordingFormat } from "@/lib/recordings/define.ts";
import { asciicastInfo, asciicastVersion } from "@/lib/recordings/formats/asciicast-head.ts";
import { chunksOf, type RecordingPart } from "@/lib/recordings/input.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { type Findings, RecordingError, type TerminalEvent } from "@/lib/recordings/session.ts";

/** asciicast v1: one JSON document with `stdout`, an array of `[seconds since the one before, text]`. Until 2018. */
export const asciicastV1: RecordingFormat = {
  name: "asciicast-v1",
  label: "asciicast v1",
  detect: (parts) => {
    const part = onlyPart(parts);
    return part !== undefined && asciicastVersion(part) === 1;
  },
  open(parts, findings) {
    const part = onlyPart(parts);
    if (part === undefined) throw new RecordingError("recording", "an asciicast is one file");
    const bytes = wholeUtf8(part, findings);
    const { header, stdout } = membersOf(bytes);
    const terminal = { columns: header["width"], rows: header["height"], type: undefined, theme: undefined };
    return {
      info: asciicastInfo("asciicast-v1", header, terminal, findings),
      events: eventsIn(bytes, stdout, findings),
    };
  },
};

/** The document's bytes, not its text: its events are cut out one by one. */
function wholeUtf8(part: RecordingPart, findings: Findings): Uint8Array {
  if (part.source.size > recordingLimits.document) {
    throw new RecordingError("recording", `an asciicast v1 may have ${recordingLimits.document} bytes`);
  }
  const bytes = Buffer.concat([...chunksOf(part.source)]);
  const text = new TextDecoder().decode(bytes);
  const repaired = Buffer.from(text);
  if (text.includes("\ufffd") && !bytes.includes("\ufffd")) {
    findings.add("encoding", undefined, "Bytes that are no UTF-8 are shown as U+FFFD.");
  }
  return repaired;
}

function membersOf(bytes: Uint8Array): { header: Record<string, unknown>; stdout: ByteRange } {
  const header: Record<string, unknown> = {};
  let stdout: ByteRange | undefined;
  try {
    for (const { key, valueRange } of members(bytes, 0, recordingLimits.depth)) {
      if (key === "stdout") stdout = valueRange;
      else if (valueRange.end - valueRange.start <= recordingLimits.header) {
        Object.defineProperty(header, key, { value: parseRange(bytes, valueRange), configurable: true });
      }
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new RecordingError("recording", `is no whole JSON document: ${error.message}`);
  }
  if (stdout === undefined || typeAt(bytes, stdout.start) !== "array") {
    throw new RecordingError("stdout", "is missing or no array");
  }
  return { header, stdout };
}

function* eventsIn(bytes: Uint8Array, stdout: ByteRange, findings: Findings): Generator<TerminalEvent, void> {
  let clock = 0;
  for (const range of elements(bytes, stdout.start)) {
    const event = parseRange(bytes, range);
    const [delay, text] = Array.isArray(event) ? (event as unknown[]) : [];
    if (typeof text !== "string") {
      findings.add("unreadable", clock, "An element of stdout that is no event is left out.");
      continue;
    }
    const wait = typeof delay === "number" && delay >= 0 && delay <= 1e9 ? delay : undefined;
    if (wait !== undefined) clock += Math.round(wait * 1e6);
    yield [wait === undefined ? Number.NaN : clock, "o", text];
  }
}
