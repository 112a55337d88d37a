import type { RecordingPart } from "@/lib/recordings/input.ts";
import { linesIn } from "@/lib/recordings/line-reader.ts";
import type { Findings } from "@/lib/recordings/session.ts";

/** One line of script's timing file. `delay` is seconds since the line before. */
export type TimingLine =
  | { kind: "data"; stream: "o" | "i"; delay: number; bytes: number }
  | { kind: "size"; delay: number; columns: number; rows: number }
  | { kind: "header"; name: string; value: string }
  | { kind: "other"; delay: number };

const classic = /^(\d{1,9}(?:\.\d{1,9})?) (\d{1,15})$/;
const multi = /^([HIOS]) (\d{1,9}(?:\.\d{1,9})?) (.*)$/;

/** Whether the first line is one of a timing file, classic or of several streams. */
export function looksLikeTiming(head: string): boolean {
  const line = head.split("\n", 1)[0]?.trimEnd() ?? "";
  return classic.test(line) || multi.test(line);
}

/** The lines of a timing file; `multiStream` tells whether they name streams. */
export function* timingLines(part: RecordingPart, findings: Findings): Generator<TimingLine, void> {
  const decoder = new TextDecoder();
  for (const { bytes } of linesIn(part.source)) {
    const line = bytes.length > 65_536 ? "" : decoder.decode(bytes).trimEnd();
    if (line === "" && bytes.length === 0) continue;
    const parsed = timingLine(line);
    if (parsed === undefined) findings.add("unreadable", undefined, "A line of the timing file is left out.");
    else yield parsed;
  }
}

function timingLine(line: string): TimingLine | undefined {
  const plain = classic.exec(line);
  if (plain !== null) return { kind: "data", stream: "o", delay: Number(plain[1]), bytes: Number(plain[2]) };
  const [, kind, delayText, rest = ""] = multi.exec(line) ?? [];
  const delay = Number(delayText);
  if (kind === "H") {
    const space = rest.indexOf(" ");
    return space === -1
      ? { kind: "header", name: rest, value: "" }
      : { kind: "header", name: rest.slice(0, space), value: rest.slice(space + 1) };
  }
  if (kind === "S") {
    const size = /^SIGWINCH ROWS=(\d{1,9}) COLS=(\d{1,9})/.exec(rest);
    if (size === null) return { kind: "other", delay };
    return { kind: "size", delay, columns: Number(size[2]), rows: Number(size[1]) };
  }
  if (kind === undefined || !/^\d{1,15}$/.test(rest.trim())) return undefined;
  return { kind: "data", stream: kind === "I" ? "i" : "o", delay, bytes: Number(rest) };
}
