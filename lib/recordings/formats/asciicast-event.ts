import type { EventCode, Findings } from "@/lib/recordings/session.ts";

const codes = new Set<string>(["o", "i", "r", "m", "x"]);
// [time, "code", and then the data: a string nearly always. Nothing here can backtrack far.
const head = /^\s*\[\s*([^,"[\]{}]{0,60}|"[^"\\]{0,60}")\s*,\s*"([^"\\]{0,20})"\s*,\s*/;
const tail = /^\s*\]\s*$/;

/**
 * One event line of version 2 or 3. The time is NaN when it is no number. A line that is no JSON (cut off, raw
 * control characters, NaN) gives what can be read of it, and is a finding.
 * @returns undefined when nothing can be read
 */
export function eventIn(
  line: string,
  ended: boolean,
  findings: Findings,
): { time: number; code: string; data: string } | undefined {
  const start = head.exec(line);
  if (start === null) {
    findings.add("unreadable", undefined, "A line that is no event is left out.");
    return undefined;
  }
  const [all, timeText = "", code = ""] = start;
  const rest = line.slice(all.length);
  const time = numberIn(timeText);
  if (rest.startsWith('"')) return { time, code, data: textIn(rest, ended, findings) };
  const number = /^-?\d{1,10}(?=\s*\]\s*$)/.exec(rest)?.[0];
  if (number !== undefined) return { time, code, data: number };
  findings.add("unreadable", undefined, "An event whose data is no text is left out.");
  return { time, code: "", data: "" };
}

export function isEventCode(code: string): code is EventCode {
  return codes.has(code);
}

function numberIn(text: string): number {
  const trimmed = text.trim();
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

function textIn(rest: string, ended: boolean, findings: Findings): string {
  const close = rest.lastIndexOf('"');
  if (close > 0 && tail.test(rest.slice(close + 1, close + 1000))) {
    const text = parsed(rest.slice(0, close + 1));
    if (text !== undefined) return text;
  }
  if (ended) findings.add("unreadable", undefined, "An event that is no JSON was read as far as possible.");
  else findings.add("truncated", undefined, "The recording ends within an event.");
  const whole = close > 0 && /^\s*\]?\s*$/.test(rest.slice(close + 1, close + 1000));
  return salvaged(rest.slice(1, whole ? close : undefined));
}

function parsed(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The text of a JSON string without its quotes, whatever is wrong with it: what is no escape stands for itself. */
function salvaged(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g, (_all, hex?: string, plain?: string) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[plain ?? ""] ?? plain ?? ""),
  );
}

const escapes: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
