import { eventIn, isEventCode } from "@/lib/recordings/formats/asciicast-event.ts";
import type { RecordingPart } from "@/lib/recordings/input.ts";
import { linesIn } from "@/lib/recordings/line-reader.ts";
import type { Findings, TerminalEvent } from "@/lib/recordings/session.ts";

/** Makes microseconds from the start of the time that an event line has. NaN for one that is none. */
type TimeRule = (time: number) => number;

/** The events behind the header line of version 2 or 3. */
export function* castEvents(
  part: RecordingPart,
  timeRule: TimeRule,
  findings: Findings,
): Generator<TerminalEvent, void> {
  let first = true;
  const decoder = new TextDecoder();
  for (const { bytes, ended } of linesIn(part.source)) {
    if (first) {
      first = false;
      continue;
    }
    const line = decoder.decode(bytes);
    // Comments are of version 3; nothing else in a version 2 begins so.
    if (line.trim() === "" || line.startsWith("#")) continue;
    const event = eventIn(line, ended, findings);
    if (event === undefined) continue;
    const timeUs = timeRule(event.time);
    if (line.includes("\ufffd") && !Buffer.from(bytes).includes("\ufffd")) {
      findings.add("encoding", timeUs, "Bytes that are no UTF-8 are shown as U+FFFD.");
    }
    if (isEventCode(event.code)) yield [timeUs, event.code, event.data];
    else if (event.code !== "") {
      findings.add("unknown-event", timeUs, "Events of a kind that is not known are left out.");
    }
  }
}
