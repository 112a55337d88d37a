import { instantOf } from "@/lib/ingest/rfc3339.ts";
import { ByteReader } from "@/lib/recordings/byte-reader.ts";
import { headOf, type RecordingFormat } from "@/lib/recordings/define.ts";
import { looksLikeTiming, type TimingLine, timingLines } from "@/lib/recordings/formats/script-timing.ts";
import type { RecordingPart } from "@/lib/recordings/input.ts";
import {
  defined,
  type Findings,
  RecordingError,
  type RecordingInfo,
  type TerminalEvent,
  words,
} from "@/lib/recordings/session.ts";
import { initialSize } from "@/lib/recordings/size.ts";
import { Utf8Stream } from "@/lib/recordings/utf8-stream.ts";

const STARTED = "Script started on ";
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

/**
 * script(1) of util-linux: a typescript and its timing file (`delay bytes` lines, or lines that name the stream),
 * with a second data file where input was logged apart. Without timing all output is at the start.
 */
export const script: RecordingFormat = {
  name: "script",
  label: "script(1)",
  detect: (parts) => {
    const { timing, data } = sorted(parts);
    if (data.length === 0 || data.length > 2) return false;
    return timing.length === 1 ? true : timing.length === 0 && data.length === 1;
  },
  open(parts, findings) {
    const { timing, data } = sorted(parts);
    const [first, second] = data;
    if (first === undefined) throw new RecordingError("typescript", "is missing");
    const headers = timing[0] === undefined ? new Map<string, string>() : headersOf(timing[0]);
    const named = (name: string | undefined) =>
      name === undefined ? undefined : data.find((part) => baseName(part.name) === baseName(name));
    const output = named(headers.get("OUTPUT_LOG")) ?? first;
    const input = second === undefined ? undefined : output === first ? second : first;
    // With --log-io one file has both, in the order of the timing.
    const shared = (headers.get("INPUT_LOG") ?? headers.get("OUTPUT_LOG")) === headers.get("OUTPUT_LOG");
    return {
      info: infoOf(firstLine(output), headers, findings),
      events: eventsIn(output, input ?? (shared ? output : undefined), timing[0], findings),
    };
  },
};

function sorted(parts: readonly RecordingPart[]): { timing: RecordingPart[]; data: RecordingPart[] } {
  const timing: RecordingPart[] = [];
  const data: RecordingPart[] = [];
  for (const part of parts) {
    const head = latin1.decode(headOf(part));
    if (head.startsWith(STARTED)) data.push(part);
    else if (looksLikeTiming(head)) timing.push(part);
    else return { timing: [], data: [] };
  }
  return { timing, data };
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function firstLine(part: RecordingPart): string {
  return utf8.decode(headOf(part, 65_536)).split("\n", 1)[0] ?? "";
}

/** The `H` lines stand at the beginning, and after the last event. */
function headersOf(timing: RecordingPart): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of utf8.decode(headOf(timing, 65_536)).split("\n")) {
    const [, name, value] = /^H \S+ (\S+) ?(.*)$/.exec(line.trimEnd()) ?? [];
    if (name === undefined) break;
    headers.set(name, value ?? "");
  }
  return headers;
}

function infoOf(line: string, headers: Map<string, string>, findings: Findings): RecordingInfo {
  const quoted = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1];
  const from = (name: string) => words(headers.get(name) ?? quoted(name));
  const [, date, time, zone] =
    /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)([+-]\d\d:\d\d)/.exec(headers.get("START_TIME") ?? line) ?? [];
  return defined<RecordingInfo>({
    format: "script",
    ...initialSize(Number(from("COLUMNS")), Number(from("LINES")), findings),
    startedAt: date === undefined ? undefined : instantOf(`${date}T${time}.000000${zone}`),
    command: from("COMMAND"),
    terminal: from("TERM"),
    shell: from("SHELL"),
    tty: from("TTY"),
    title: undefined,
    user: undefined,
    targetUser: undefined,
    host: undefined,
    directory: undefined,
    theme: undefined,
    recordingId: undefined,
    idleTimeLimit: undefined,
  });
}

function* eventsIn(
  output: RecordingPart,
  input: RecordingPart | undefined,
  timing: RecordingPart | undefined,
  findings: Findings,
): Generator<TerminalEvent, void> {
  const out = openLog(output);
  const inp = input === output ? out : input && openLog(input);
  const text = { o: new Utf8Stream(findings), i: new Utf8Stream(findings) };
  let clock = 0;
  let status: string | undefined;
  const lines: Iterable<TimingLine> = timing === undefined ? [] : timingLines(timing, findings);
  if (timing === undefined) {
    findings.add("no-timing", undefined, "There is no timing file: all output is shown at the start.");
  }
  for (const line of lines) {
    if (line.kind === "header") {
      if (line.name === "EXIT_CODE") status = line.value;
      continue;
    }
    clock += Math.round(line.delay * 1e6);
    if (line.kind === "size") yield [clock, "r", `${line.columns}x${line.rows}`];
    if (line.kind !== "data") continue;
    const reader = line.stream === "o" ? out : inp;
    if (reader === undefined) {
      findings.add("missing", clock, "What was typed is in a file that is missing.");
      continue;
    }
    if (line.bytes > reader.left)
      findings.add("truncated", clock, "The typescript is shorter than its timing file.");
    for (const bytes of reader.take(line.bytes)) {
      yield [clock, line.stream, text[line.stream].push(bytes, clock)];
    }
  }
  status = (yield* rest(out, clock, text.o, timing !== undefined, findings)) ?? status;
  if (status !== undefined) yield [clock, "x", status];
}

/** The bytes behind the line that script writes first, which the timing does not count. */
function openLog(part: RecordingPart): ByteReader {
  const feed = headOf(part, 65_536).indexOf(0x0a);
  return new ByteReader(part.source, feed === -1 ? part.source.size : feed + 1);
}

const FOOTER = /\n?\nScript done on [^\n]{0,200}\n?$/;
const FOOTER_LENGTH = 400;

/** What the timing does not reach: script's last line, and output when the timing was cut off. @returns the exit status */
function* rest(
  reader: ByteReader,
  clock: number,
  decoder: Utf8Stream,
  timed: boolean,
  findings: Findings,
): Generator<TerminalEvent, string | undefined> {
  let tail = "";
  let said = false;
  const say = function* (data: string): Generator<TerminalEvent, void> {
    if (data === "") return;
    if (timed && !said) findings.add("truncated", clock, "The timing file ends before the typescript does.");
    said = true;
    yield [clock, "o", data];
  };
  for (const bytes of reader.take(reader.left)) {
    tail += decoder.push(bytes, clock);
    yield* say(tail.slice(0, -FOOTER_LENGTH));
    tail = tail.slice(-FOOTER_LENGTH);
  }
  tail += decoder.end(clock);
  const footer = FOOTER.exec(tail);
  yield* say(footer === null ? tail : tail.slice(0, footer.index));
  return /COMMAND_EXIT_CODE="(-?\d{1,10})"/.exec(footer?.[0] ?? "")?.[1];
}
