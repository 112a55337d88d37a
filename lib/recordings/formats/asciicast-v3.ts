import { onlyPart, type RecordingFormat } from "@/lib/recordings/define.ts";
import { asciicastInfo, asciicastVersion, headerLine } from "@/lib/recordings/formats/asciicast-head.ts";
import { castEvents } from "@/lib/recordings/formats/asciicast-lines.ts";
import { isObject } from "@/lib/recordings/json.ts";
import { RecordingError } from "@/lib/recordings/session.ts";

/**
 * asciicast v3: as v2, but times are seconds since the event before (one of an unknown kind included), the
 * terminal is described in `term`, `x` is the exit status and lines with `#` are comments.
 */
export const asciicastV3: RecordingFormat = {
  name: "asciicast-v3",
  label: "asciicast v3",
  detect: (parts) => {
    const part = onlyPart(parts);
    return part !== undefined && asciicastVersion(part) === 3;
  },
  open(parts, findings) {
    const part = onlyPart(parts);
    if (part === undefined) throw new RecordingError("recording", "an asciicast is one file");
    const header = headerLine(part);
    const term = isObject(header["term"]) ? header["term"] : {};
    const terminal = { columns: term["cols"], rows: term["rows"], type: term["type"], theme: term["theme"] };
    let clock = 0;
    const timeRule = (interval: number) => {
      if (!(interval >= 0) || interval > 1e9) return Number.NaN;
      clock += Math.round(interval * 1e6);
      return clock;
    };
    return {
      info: asciicastInfo("asciicast-v3", header, terminal, findings),
      events: castEvents(part, timeRule, findings),
    };
  },
};
