/** Times of the record are text in UTC with microseconds: a JavaScript Date would round them. */

const FULL = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?Z$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const SPAN = /^([1-9]\d{0,3})([mhdw])$/;
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * Brings a UTC time to the one form of the record, `2026-11-21T08:45:32.506784Z`.
 * @param text a UTC time to the minute, second or fraction, or a date
 * @param edge what a date stands for: its first instant, or the first instant of the next day
 * @returns undefined when it is no time of the calendar between the years 1 and 9999
 */
export function parseInstant(text: string, edge: "start" | "end" = "start"): string | undefined {
  if (DAY.test(text)) {
    const day = calendar(`${text}T00:00:00`);
    if (day === undefined) return undefined;
    const instant = instantOf(edge === "end" ? day + unitMs.d : day);
    return instant.startsWith("+") ? undefined : instant;
  }
  const [, minute, second = "00", fraction = ""] = FULL.exec(text) ?? [];
  if (minute === undefined || calendar(`${minute}:${second}`) === undefined) return undefined;
  return `${minute}:${second}.${fraction.padEnd(6, "0")}Z`;
}

function calendar(seconds: string): number | undefined {
  // PostgreSQL's calendar has no year 0.
  if (seconds.startsWith("0000")) return undefined;
  const ms = Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(seconds) ? undefined : ms;
}

/** @param ms milliseconds since 1970 @returns the record's form */
export function instantOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

/** Milliseconds of a span such as `15m`, `24h`, `30d` or `2w`; undefined when it is none. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit] = SPAN.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}

/** The bounds of a time range in the record's form, `last` reckoned back from `nowMs`. */
export function boundsOf(
  time: { last: string } | { from?: string; to?: string },
  nowMs: number,
): { from?: string; to?: string } {
  if (!("last" in time)) return time;
  const span = parseSpan(time.last);
  return span === undefined ? {} : { from: instantOf(nowMs - span) };
}
