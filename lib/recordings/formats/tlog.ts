import { headOf, onlyPart, type RecordingFormat } from "@/lib/recordings/define.ts";
import { tlogEvents } from "@/lib/recordings/formats/tlog-timing.ts";
import type { RecordingPart } from "@/lib/recordings/input.ts";
import { jsonObject } from "@/lib/recordings/json.ts";
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

/** tlog writes messages of 2 KiB; a setting may make them larger. */
const LONGEST = 16 * 1024 * 1024;

/**
 * tlog: JSON messages, one a line, alone or behind a syslog header or as `MESSAGE` of the journal's JSON. The
 * messages of one recording may come late or twice: they are found in a first pass and read in the order of `id`.
 */
export const tlog: RecordingFormat = {
  name: "tlog",
  label: "tlog",
  detect(parts) {
    const part = onlyPart(parts);
    if (part === undefined) return false;
    const head = headOf(part, 65_536);
    const feed = head.indexOf(0x0a);
    const text = new TextDecoder("latin1").decode(feed === -1 ? head : head.subarray(0, feed));
    return ["rec", "timing", "out_txt"].every((key) => new RegExp(`\\\\?"${key}\\\\?"\\s*:`).test(text));
  },
  open(parts, findings) {
    const part = onlyPart(parts);
    if (part === undefined) throw new RecordingError("recording", "a tlog recording is one file");
    const entries = entriesOf(part, findings);
    const first = entries[0] && messageAt(part, entries[0]);
    if (first === undefined) throw new RecordingError("recording", "has no tlog message");
    return { info: infoOf(first, findings), events: eventsIn(part, entries, findings) };
  },
};

type Message = Record<string, unknown>;
type Entry = { id: number; offset: number; length: number; recording: string };

function messageOf(bytes: Uint8Array): Message | undefined {
  if (bytes.length > LONGEST) return undefined;
  const open = bytes.indexOf(0x7b);
  const close = bytes.lastIndexOf(0x7d);
  if (open === -1 || close < open) return undefined;
  const outer = jsonObject(bytes.subarray(open, close + 1));
  const inner = outer?.["MESSAGE"];
  const message = typeof inner === "string" ? jsonObject(Buffer.from(inner)) : outer;
  return typeof message?.["timing"] === "string" ? message : undefined;
}

function messageAt(part: RecordingPart, entry: Entry): Message | undefined {
  return messageOf(part.source.read(entry.offset, entry.length));
}

/** Where the messages are, in the order of their ids, each once. @throws RecordingError for several recordings */
function entriesOf(part: RecordingPart, findings: Findings): Entry[] {
  const entries = new Map<number, Entry>();
  let last = 0;
  let recording: string | undefined;
  for (const { bytes, offset, ended } of linesIn(part.source)) {
    if (bytes.length === 0) continue;
    const message = messageOf(bytes);
    const id = message?.["id"];
    if (message === undefined || typeof id !== "number" || !Number.isSafeInteger(id)) {
      if (ended) findings.add("unreadable", undefined, "A line that is no tlog message is left out.");
      else findings.add("truncated", undefined, "The recording ends within a message.");
      continue;
    }
    const name = `${words(message["host"]) ?? ""} ${words(message["rec"]) ?? ""}`;
    recording ??= name;
    if (name !== recording) {
      throw new RecordingError(
        "rec",
        `messages of several recordings: ${recording} and ${name}; send them one by one`,
      );
    }
    if (entries.has(id)) findings.add("duplicate", undefined, "A message that came twice was taken once.");
    else entries.set(id, { id, offset, length: bytes.length, recording: name });
    if (id < last) findings.add("order", undefined, "Messages that came late were put in their places.");
    last = Math.max(last, id);
  }
  return [...entries.values()].sort((a, b) => a.id - b.id);
}

function infoOf(first: Message, findings: Findings): RecordingInfo {
  const { time, pos } = first;
  const startedAt =
    typeof time === "number" && typeof pos === "number"
      ? instantOfMicros(Math.round(time * 1000 - pos) * 1000)
      : undefined;
  const [, columns, rows] = /^=(\d{1,9})x(\d{1,9})/.exec(String(first["timing"])) ?? [];
  return defined<RecordingInfo>({
    format: "tlog",
    ...initialSize(Number(columns), Number(rows), findings),
    startedAt,
    // The user of tlog is who logged in, and the shell runs as the same.
    user: words(first["user"]),
    targetUser: words(first["user"]),
    host: words(first["host"]),
    terminal: words(first["term"]),
    recordingId: words(first["rec"]),
    command: undefined,
    title: undefined,
    tty: undefined,
    directory: undefined,
    shell: undefined,
    theme: undefined,
    idleTimeLimit: undefined,
  });
}

function* eventsIn(
  part: RecordingPart,
  entries: readonly Entry[],
  findings: Findings,
): Generator<TerminalEvent, void> {
  const streams = { i: new Utf8Stream(findings), o: new Utf8Stream(findings) };
  let next: number | undefined;
  let clock = 0;
  for (const entry of entries) {
    const message = messageAt(part, entry);
    if (message === undefined) throw new RecordingError("recording", "changed while it was read");
    const pos = message["pos"];
    const startUs = typeof pos === "number" ? pos * 1000 : Number.NaN;
    if (next === undefined ? entry.id > 1 : entry.id !== next) {
      findings.add(
        "missing",
        Number.isNaN(startUs) ? undefined : startUs,
        `Messages before number ${entry.id} are missing.`,
      );
    }
    next = entry.id + 1;
    const data = {
      timing: String(message["timing"]),
      inText: textOf(message["in_txt"]),
      inBytes: listOf(message["in_bin"]),
      outText: textOf(message["out_txt"]),
      outBytes: listOf(message["out_bin"]),
    };
    for (const event of tlogEvents(data, startUs, streams, findings)) {
      clock = Math.max(clock, event[0]);
      yield event;
    }
  }
  for (const code of ["i", "o"] as const) yield [clock, code, streams[code].end(clock)];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
