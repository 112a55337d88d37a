import { closeControlStrings } from "@/lib/recordings/control-strings.ts";
import { asciicastVersion } from "@/lib/recordings/formats/asciicast-head.ts";
import { recordingFormats } from "@/lib/recordings/formats.ts";
import type { RecordingPart } from "@/lib/recordings/input.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { orderly } from "@/lib/recordings/orderly.ts";
import { type Findings, RecordingError, type RecordingSession } from "@/lib/recordings/session.ts";

/**
 * Reads a recording of any format into the stored form: the head at once, the events as they are asked for, in
 * flat memory. What was wrong and repaired is in `findings` once the events were read to their end.
 *
 * @param parts the files of the recording, gzip and tar undone (lib/recordings/unpack.ts)
 * @throws RecordingError for what no format knows or a bound forbids; the events may throw it too
 */
export function readRecording(parts: readonly RecordingPart[], findings: Findings): RecordingSession {
  const size = parts.reduce((sum, part) => sum + part.source.size, 0);
  if (size === 0) throw new RecordingError("recording", "is empty");
  if (size > recordingLimits.bytes) {
    throw new RecordingError("recording", `is larger than ${recordingLimits.bytes} bytes`);
  }
  const format = recordingFormats.find((candidate) => candidate.detect(parts));
  if (format === undefined) throw unknownFormat(parts);
  const { info, events } = format.open(parts, findings);
  return { info, events: closeControlStrings(orderly(events, findings), findings) };
}

function unknownFormat(parts: readonly RecordingPart[]): RecordingError {
  const [part] = parts;
  const version = parts.length === 1 && part !== undefined ? asciicastVersion(part) : undefined;
  if (version !== undefined)
    return new RecordingError("version", `${version} is no version of asciicast: 1, 2 or 3`);
  const known = recordingFormats.map(({ label }) => label).join(", ");
  return new RecordingError("format", `is none of ${known}`);
}
