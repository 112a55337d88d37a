import { recordingLimits } from "@/lib/recordings/limits.ts";

/**
 * `o` output, `i` input, `r` resize (`COLUMNSxROWS`), `m` marker (its label), `x` exit (the status in digits).
 */
export type EventCode = "o" | "i" | "r" | "m" | "x";

/**
 * One event of a terminal: whole microseconds from the start, the code, the data. In the stored form times never
 * go back, data is well-formed Unicode and no longer than `recordingLimits.eventUnits`, and sizes are within bounds.
 */
export type TerminalEvent = readonly [timeUs: number, code: EventCode, data: string];

/** Colours as asciicast writes them: `#rrggbb`, the palette 8 or 16 of them joined by colons. */
export type Theme = { fg: string; bg: string; palette: string };

/** What a recording says about itself; nothing of it is proven. */
export type RecordingInfo = {
  /** The format's name in lib/recordings/formats.ts. */
  format: string;
  columns: number;
  rows: number;
  /** UTC with microseconds, as in `2026-11-21T08:45:32.506784Z`. */
  startedAt?: string;
  command?: string;
  title?: string;
  /** The account that was at the keyboard. */
  user?: string;
  /** The account that the command ran as. */
  targetUser?: string;
  host?: string;
  tty?: string;
  directory?: string;
  /** TERM. */
  terminal?: string;
  shell?: string;
  theme?: Theme;
  /** The recorder's own id of the recording. */
  recordingId?: string;
  /** Seconds after which the recorder asked players to skip pauses. */
  idleTimeLimit?: number;
};

/** A recording being read: the head, and the events behind it as they are read. */
export type RecordingSession = { info: RecordingInfo; events: Iterable<TerminalEvent> };

export type FindingCode =
  | "encoding"
  | "order"
  | "clock"
  | "time-limit"
  | "size"
  | "control-string"
  | "control-sequence"
  | "large-event"
  | "truncated"
  | "unreadable"
  | "unknown-event"
  | "duplicate"
  | "missing"
  | "no-timing"
  | "no-size";

/** What was wrong with a recording and what was done about it, in words for people. */
export type Finding = {
  code: FindingCode;
  /** Microseconds from the start of the first time it was seen; undefined when it concerns the whole. */
  timeUs: number | undefined;
  message: string;
  /** How often it was seen. */
  count: number;
};

/** Collects findings: one for each code and message, of each code at most `recordingLimits.findings`. */
export class Findings {
  private readonly found = new Map<string, Finding>();
  private readonly counts = new Map<FindingCode, number>();

  /** @param message a plain sentence, the same for every occurrence: the first one's time is kept, the rest are counted */
  add(code: FindingCode, timeUs: number | undefined, message: string): void {
    const key = `${code} ${message}`;
    const known = this.found.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const count = this.counts.get(code) ?? 0;
    if (count >= recordingLimits.findings) return;
    this.counts.set(code, count + 1);
    this.found.set(key, { code, timeUs, message, count: 1 });
  }

  list(): Finding[] {
    return [...this.found.values()];
  }
}

/** A recording that cannot be taken at all. The message names the field (or file) and the reason. */
export class RecordingError extends Error {
  override name = "RecordingError";
  constructor(
    readonly field: string,
    readonly reason: string,
  ) {
    super(`${field}: ${reason}`);
  }
}

/** A text that a recording says about itself, fit for a line of text; undefined when nothing is left of it. */
export function words(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value
    .slice(0, recordingLimits.words)
    .replace(/\p{Surrogate}/gu, "\ufffd")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, " ")
    .trim();
  return text === "" ? undefined : text;
}

/** UTC text with microseconds of microseconds since 1970; undefined outside the years 1970 to 9999. */
export function instantOfMicros(micros: number): string | undefined {
  if (!Number.isSafeInteger(micros) || micros < 0) return undefined;
  const date = new Date(Math.floor(micros / 1000));
  if (Number.isNaN(date.valueOf()) || date.getUTCFullYear() > 9999) return undefined;
  return `${date.toISOString().slice(0, 23)}${String(micros % 1000).padStart(3, "0")}Z`;
}

/** Drops the members that are undefined, as exact optional members want it. */
export function defined<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
