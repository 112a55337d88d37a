import type { RecordingPart } from "@/lib/recordings/input.ts";
import { isObject, jsonObject } from "@/lib/recordings/json.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { linesIn } from "@/lib/recordings/line-reader.ts";
import {
  defined,
  type Findings,
  instantOfMicros,
  RecordingError,
  type RecordingInfo,
  type Theme,
  words,
} from "@/lib/recordings/session.ts";
import { initialSize } from "@/lib/recordings/size.ts";

const utf8 = new TextDecoder();

/**
 * The version that a file calls itself as an asciicast: the first line is a JSON object with `version`, or, for
 * version 1, which is one document, the name stands near its beginning. Undefined for what is no asciicast.
 */
export function asciicastVersion(part: RecordingPart): number | undefined {
  const text = utf8.decode(part.source.read(0, 64 * 1024)).replace(/^\ufeff/, "");
  if (!/^\s*\{/.test(text)) return undefined;
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  const version = jsonObject(Buffer.from(line))?.["version"];
  if (typeof version === "number") return version;
  const named = /"version"\s*:\s*(-?\d{1,9})\s*[,}\r\n]/.exec(text)?.[1];
  return named === undefined ? undefined : Number(named);
}

/** The header line of version 2 or 3. @throws RecordingError when it is no JSON object */
export function headerLine(part: RecordingPart): Record<string, unknown> {
  for (const { bytes } of linesIn(part.source)) {
    if (bytes.length > recordingLimits.header) {
      throw new RecordingError("header", `is longer than ${recordingLimits.header} bytes`);
    }
    const header = jsonObject(withoutMark(bytes));
    if (header === undefined) {
      throw new RecordingError("header", `is no JSON object of at most ${recordingLimits.depth} levels`);
    }
    return header;
  }
  throw new RecordingError("header", "is missing");
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * What the members say that all versions have in common. `terminal` holds what version 3 moved into `term`.
 * Members of a wrong type count as missing.
 */
export function asciicastInfo(
  format: string,
  header: Record<string, unknown>,
  terminal: { columns: unknown; rows: unknown; type: unknown; theme: unknown },
  findings: Findings,
): RecordingInfo {
  const { timestamp, idle_time_limit: idle } = header;
  const env = isObject(header["env"]) ? header["env"] : {};
  return defined<RecordingInfo>({
    format,
    ...initialSize(terminal.columns, terminal.rows, findings),
    startedAt: typeof timestamp === "number" ? instantOfMicros(Math.round(timestamp * 1e6)) : undefined,
    command: words(header["command"]),
    title: words(header["title"]),
    terminal: words(terminal.type) ?? words(env["TERM"]),
    shell: words(env["SHELL"]),
    theme: themeOf(terminal.theme),
    idleTimeLimit: typeof idle === "number" && idle > 0 && idle <= 86_400 ? idle : undefined,
    user: undefined,
    targetUser: undefined,
    host: undefined,
    tty: undefined,
    directory: undefined,
    recordingId: undefined,
  });
}

const colour = /^#[0-9a-f]{6}$/i;

function themeOf(value: unknown): Theme | undefined {
  if (!isObject(value)) return undefined;
  const { fg, bg, palette } = value;
  if (typeof fg !== "string" || typeof bg !== "string" || typeof palette !== "string") return undefined;
  const colours = palette.slice(0, 200).split(":");
  const whole = colours.length === 8 || colours.length === 16;
  return whole && [fg, bg, ...colours].every((one) => colour.test(one)) ? { fg, bg, palette } : undefined;
}
