import { ByteReader } from "@/lib/recordings/byte-reader.ts";
import type { RecordingFormat } from "@/lib/recordings/define.ts";
import { bytesSource, type RecordingPart } from "@/lib/recordings/input.ts";
import { isObject, jsonObject } from "@/lib/recordings/json.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { linesIn } from "@/lib/recordings/line-reader.ts";
import {
  defined,
  type Findings,
  instantOfMicros,
  RecordingError,
  type RecordingInfo,
  type TerminalEvent,
  words,
} from "@/lib/recordings/session.ts";
import { initialSize } from "@/lib/recordings/size.ts";
import { Utf8Stream } from "@/lib/recordings/utf8-stream.ts";

/**
 * sudo's I/O log folder: `log` or `log.json`, `timing`, and the streams' bytes in `ttyin`, `ttyout`, `stdin`,
 * `stdout`, `stderr`, gunzipped before. Folders above it in the same tar do not matter, a second log does.
 */
export const sudoIolog: RecordingFormat = {
  name: "sudo-iolog",
  label: "sudo I/O log",
  detect: (parts) => {
    const found = folders(parts);
    return found.some((folder) => has(parts, folder, "log") || has(parts, folder, "log.json"));
  },
  open(parts, findings) {
    const found = folders(parts);
    const [folder] = found;
    if (folder === undefined) throw new RecordingError("timing", "is missing");
    if (found.length > 1) {
      throw new RecordingError("tar", `holds ${found.length} I/O logs: send one folder a recording`);
    }
    const file = (name: string) => parts.find((part) => part.name === `${folder}${name}`);
    const timing = file("timing");
    if (timing === undefined) throw new RecordingError("timing", "is missing");
    return {
      info: infoOf(file("log.json"), file("log"), findings),
      events: eventsIn(timing, file, findings),
    };
  },
};

/** The folders with a file called `timing`, each with its last slash, or "" for none. */
function folders(parts: readonly RecordingPart[]): string[] {
  return parts
    .filter(({ name }) => name === "timing" || name.endsWith("/timing"))
    .map(({ name }) => name.slice(0, -"timing".length));
}

function has(parts: readonly RecordingPart[], folder: string, name: string): boolean {
  return parts.some((part) => part.name === `${folder}${name}`);
}

function infoOf(
  json: RecordingPart | undefined,
  log: RecordingPart | undefined,
  findings: Findings,
): RecordingInfo {
  const read = (part: RecordingPart | undefined) => part?.source.read(0, recordingLimits.header);
  const bytes = read(json);
  const head = bytes && jsonObject(bytes);
  if (head === undefined)
    return infoOfLines(new TextDecoder().decode(read(log) ?? new Uint8Array(0)), findings);
  const time = isObject(head["timestamp"]) ? head["timestamp"] : {};
  const { seconds, nanoseconds = 0 } = time;
  const argv = Array.isArray(head["runargv"]) ? head["runargv"].map(String) : [];
  const command = typeof head["command"] === "string" ? head["command"] : "";
  const environment = Array.isArray(head["runenv"]) ? head["runenv"].map(String) : [];
  const variable = (name: string) =>
    words(environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1));
  return defined<RecordingInfo>({
    format: "sudo-iolog",
    ...initialSize(head["columns"], head["lines"], findings),
    startedAt:
      typeof seconds === "number" && typeof nanoseconds === "number"
        ? instantOfMicros(seconds * 1_000_000 + Math.floor(nanoseconds / 1000))
        : undefined,
    // The file that ran, then its arguments as they were given.
    command: words([command, ...argv.slice(1)].join(" ")),
    user: words(head["submituser"]),
    targetUser: words(head["runuser"]),
    host: words(head["submithost"]),
    tty: words(head["ttyname"]),
    directory: words(head["submitcwd"]),
    terminal: variable("TERM"),
    shell: variable("SHELL"),
    title: undefined,
    theme: undefined,
    recordingId: undefined,
    idleTimeLimit: undefined,
  });
}

/** The older `log`: `epoch:user:runas:group:tty:lines:columns`, the folder, the command. */
function infoOfLines(text: string, findings: Findings): RecordingInfo {
  const [first = "", directory, command] = text.split("\n");
  const [epoch, user, targetUser, , tty, lines, columns] = first.split(":");
  return defined<RecordingInfo>({
    format: "sudo-iolog",
    ...initialSize(Number(columns), Number(lines), findings),
    startedAt: /^\d{1,12}$/.test(epoch ?? "") ? instantOfMicros(Number(epoch) * 1_000_000) : undefined,
    command: words(command),
    user: words(user),
    targetUser: words(targetUser),
    tty: words(tty),
    directory: words(directory),
    host: undefined,
    terminal: undefined,
    shell: undefined,
    title: undefined,
    theme: undefined,
    recordingId: undefined,
    idleTimeLimit: undefined,
  });
}

/** The streams by the number that the timing gives them; 6 is what sudo 1.8.7 wrote for the terminal's output. */
const streams = [
  { file: "stdin", code: "i" },
  { file: "stdout", code: "o" },
  { file: "stderr", code: "o" },
  { file: "ttyin", code: "i" },
  { file: "ttyout", code: "o" },
  undefined,
  { file: "ttyout", code: "o" },
] as const;
const WINDOW = 5;
const SUSPEND = 7;

function* eventsIn(
  timing: RecordingPart,
  file: (name: string) => RecordingPart | undefined,
  findings: Findings,
): Generator<TerminalEvent, void> {
  const readers = new Map<string, { reader: ByteReader; text: Utf8Stream }>();
  const openStream = (name: string) => {
    const known = readers.get(name);
    if (known !== undefined) return known;
    const reader = new ByteReader(file(name)?.source ?? bytesSource(new Uint8Array(0)));
    const opened = { reader, text: new Utf8Stream(findings) };
    readers.set(name, opened);
    return opened;
  };
  let clock = 0;
  for (const { bytes } of linesIn(timing.source)) {
    const [kind, delay, ...rest] = new TextDecoder().decode(bytes.subarray(0, 200)).trim().split(/\s+/);
    if (kind === "") continue;
    const seconds = /^\d{1,9}(\.\d{1,9})?$/.test(delay ?? "") ? Number(delay) : undefined;
    const number = /^\d$/.test(kind ?? "") ? Number(kind) : undefined;
    const stream = number === undefined ? undefined : streams[number];
    if (seconds === undefined || (stream === undefined && number !== WINDOW && number !== SUSPEND)) {
      findings.add("unreadable", clock, "A line of the timing file is left out.");
      continue;
    }
    clock += Math.round(seconds * 1e6);
    if (number === WINDOW) yield [clock, "r", `${rest[1]}x${rest[0]}`];
    else if (number === SUSPEND) yield [clock, "m", `Signal ${rest[0] ?? ""}`];
    else if (stream !== undefined) {
      const count = /^\d{1,15}$/.test(rest[0] ?? "") ? Number(rest[0]) : 0;
      const { reader, text } = openStream(stream.file);
      if (count > reader.left) {
        findings.add("truncated", clock, `The file ${stream.file} is shorter than the timing says.`);
      }
      for (const piece of reader.take(count)) {
        const data = text.push(piece, clock);
        // No terminal was between: a line feed is the whole end of a line there.
        const bare = stream.file === "stdout" || stream.file === "stderr";
        yield [clock, stream.code, bare ? data.replace(/\r?\n/g, "\r\n") : data];
      }
    }
  }
  for (const { file: name, code } of streams.filter((stream) => stream !== undefined)) {
    const { reader, text } = openStream(name);
    if (reader.left > 0) findings.add("truncated", clock, `The file ${name} is longer than the timing says.`);
    for (const piece of reader.take(reader.left)) yield [clock, code, text.push(piece, clock)];
    yield [clock, code, text.end(clock)];
  }
}
