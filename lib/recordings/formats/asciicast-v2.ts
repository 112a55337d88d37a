import { onlyPart, type RecordingFormat } from "@/lib/recordings/define.ts";
import { asciicastInfo, asciicastVersion, headerLine } from "@/lib/recordings/formats/asciicast-head.ts";
import { castEvents } from "@/lib/recordings/formats/asciicast-lines.ts";
import { RecordingError } from "@/lib/recordings/session.ts";

/** asciicast v2: a JSON header line, then `[seconds from the start, code, data]` lines. asciinema 2.x writes it. */
export const asciicastV2: RecordingFormat = {
  name: "asciicast-v2",
  label: "asciicast v2",
  detect: (parts) => {
    const part = onlyPart(parts);
    return part !== undefined && asciicastVersion(part) === 2;
  },
  open(parts, findings) {
    const part = onlyPart(parts);
    if (part === undefined) throw new RecordingError("recording", "an asciicast is one file");
    const header = headerLine(part);
    const terminal = {
      columns: header["width"],
      rows: header["height"],
      type: undefined,
      theme: header["theme"],
    };
    return {
      info: asciicastInfo("asciicast-v2", header, terminal, findings),
      events: castEvents(part, (seconds) => seconds * 1e6, findings),
    };
  },
};
