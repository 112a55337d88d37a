import { z } from "zod";
import { AlisError, decodeAlis, isAlisMagic } from "@/lib/recordings/alis.ts";
import type { LiveEvent } from "@/lib/recordings/live-session.ts";

/**
 * What a producer's message means. `start` begins a stream or takes it up again: `screen` draws what was on the
 * screen, `elapsedUs` is the stream's own clock, null when it begins at the connection; `lastId` is the last event
 * that the screen includes, where events have ids. An event's time is that of the same clock.
 */
export type StreamPart =
  | {
      what: "start";
      elapsedUs: number | null;
      lastId: number | null;
      columns: number;
      rows: number;
      screen: string;
      title: string | null;
      command: string | null;
    }
  | { what: "event"; event: LiveEvent; id: number | null }
  | { what: "end" };

/** Reads the messages of one connection in order; null for raw text, whose clock is the receiver's. */
export type StreamReader = (message: Buffer, isBinary: boolean, sinceConnectedUs: number) => StreamPart[];

/** The sub-protocols of WebSocket that producers may ask for, the one we like best first. */
export const streamProtocols = ["v1.alis", "v3.asciicast", "v2.asciicast", "raw"] as const;
export type StreamProtocol = (typeof streamProtocols)[number];

/** What cannot be read as the stream's protocol. */
export class StreamError extends Error {}

const SECOND = 1_000_000;
/** Ten years: longer than any stream. */
const LATEST_US = 315_360_000 * SECOND;
const LONGEST_LABEL = 4096;
const CONTROL = "\u001b[";

/** A reader for the protocol, or one that decides at the first message. */
export function streamReader(protocol: StreamProtocol | ""): StreamReader {
  if (protocol === "v1.alis") return alisReader();
  if (protocol === "raw") return rawReader();
  if (protocol !== "") return asciicastReader(protocol === "v2.asciicast" ? 2 : 3);
  let chosen: StreamReader | undefined;
  return (message, isBinary, sinceConnectedUs) => {
    chosen ??= streamReader(protocolOf(message, isBinary));
    return chosen(message, isBinary, sinceConnectedUs);
  };
}

function protocolOf(message: Buffer, isBinary: boolean): StreamProtocol {
  if (isBinary && isAlisMagic(message)) return "v1.alis";
  const [line = ""] = message.toString("utf8").split("\n", 1);
  const version = /^\s*\{/.test(line) ? versionOf(line) : undefined;
  if (version === 2) return "v2.asciicast";
  return version === 3 ? "v3.asciicast" : "raw";
}

function versionOf(line: string): unknown {
  try {
    return Object(JSON.parse(line)).version;
  } catch {
    // Raw output may well begin with a brace.
    return undefined;
  }
}

const alisCodes = { output: "o", input: "i", marker: "m" } as const;

function alisReader(): StreamReader {
  let hasMagic = false;
  let hasInit = false;
  let clock = 0;
  return (bytes, isBinary) => {
    if (!isBinary) throw new StreamError("a text message in a binary protocol");
    if (!hasMagic) {
      if (!isAlisMagic(bytes)) throw new StreamError("the first message is not ALiS version 1");
      hasMagic = true;
      return [];
    }
    const message = decode(bytes);
    if (message.type === "end") return [{ what: "end" }];
    if (message.type === "init") {
      hasInit = true;
      clock = checkedTime(message.time);
      const { lastId, columns, rows, screen } = message;
      return [{ what: "start", elapsedUs: clock, lastId, columns, rows, screen, title: null, command: null }];
    }
    if (!hasInit) throw new StreamError(`${message.type} before init`);
    clock = checkedTime(clock + message.time);
    const { id } = message;
    const part = (event: LiveEvent): StreamPart[] => [{ what: "event", event, id }];
    if (message.type === "resize") return part([clock, "r", `${message.columns}x${message.rows}`]);
    if (message.type === "exit") return part([clock, "x", String(message.status)]);
    return part([clock, alisCodes[message.type], message.text]);
  };
}

function decode(bytes: Buffer) {
  try {
    return decodeAlis(bytes);
  } catch (error) {
    if (error instanceof AlisError) throw new StreamError(error.message);
    throw error;
  }
}

const size = z.int().min(0);
const shared = {
  title: z.string().max(LONGEST_LABEL).nullish(),
  command: z.string().max(LONGEST_LABEL).nullish(),
};
const headers = {
  2: z
    .object({ version: z.literal(2), width: size, height: size, ...shared })
    .transform(({ width, height, ...rest }) => ({ ...rest, columns: width, rows: height })),
  3: z
    .object({ version: z.literal(3), term: z.object({ cols: size, rows: size }), ...shared })
    .transform(({ term, ...rest }) => ({ ...rest, columns: term.cols, rows: term.rows })),
};
const castEvent = z.tuple([z.number().min(0), z.string(), z.unknown()]);
const castCode = z.enum(["o", "i", "r", "m", "x"]);

/** Lines of asciicast 2 (times since the start) or 3 (times since the line before), one or several a message. */
function asciicastReader(version: 2 | 3): StreamReader {
  let hasHeader = false;
  let clock = 0;
  const readLine = (line: string): StreamPart[] => {
    if (!hasHeader) {
      const header = parse(headers[version], line, "header");
      hasHeader = true;
      const { columns, rows, title = null, command = null } = header;
      return [{ what: "start", elapsedUs: null, lastId: null, columns, rows, screen: "", title, command }];
    }
    if (line.trim() === "" || (version === 3 && line.startsWith("#"))) return [];
    const [time, code, data] = parse(castEvent, line, "event");
    const us = Math.round(time * SECOND);
    clock = checkedTime(version === 2 ? us : clock + us);
    const known = castCode.safeParse(code);
    if (!known.success) return [];
    const text = known.data === "x" && typeof data === "number" ? String(data) : data;
    if (typeof text !== "string") throw new StreamError(`event: the data of ${code} is no string`);
    return [{ what: "event", event: [clock, known.data, text], id: null }];
  };
  return (message) => message.toString("utf8").replace(/\n$/, "").split("\n").flatMap(readLine);
}

/** Output as it is. Its first message may set the terminal's size with the control sequence for that. */
function rawReader(): StreamReader {
  let hasStarted = false;
  return (message, _isBinary, sinceConnectedUs) => {
    const text = message.toString("utf8");
    const output: StreamPart = { what: "event", event: [sinceConnectedUs, "o", text], id: null };
    if (hasStarted) return [output];
    hasStarted = true;
    const [, rows, columns] = text.startsWith(CONTROL)
      ? (/^8;(\d{1,5});(\d{1,5})t/.exec(text.slice(CONTROL.length)) ?? [])
      : [];
    const nothing = { elapsedUs: null, lastId: null, screen: "", title: null, command: null };
    return [{ what: "start", ...nothing, columns: Number(columns ?? 80), rows: Number(rows ?? 24) }, output];
  };
}

function parse<S extends z.ZodType>(schema: S, line: string, what: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new StreamError(`${what}: no JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StreamError(`${[what, ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "is wrong"}`);
}

function checkedTime(us: number): number {
  if (us > LATEST_US) throw new StreamError("the stream's time is beyond ten years");
  return us;
}
