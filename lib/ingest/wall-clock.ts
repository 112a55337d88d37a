/** A time as a log line prints it. `fraction` is at most six digits, "" without; no `year` in RFC 3164. */
export type WallTime = {
  year: number | undefined;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: string;
};

const DAY = 86_400;
/** A source's clock may run ahead by this much before a yearless time is taken for last year's. */
const AHEAD = DAY;

/** Whether the machine knows the zone: `UTC` or a name such as `Europe/Rome`. */
export function isTimeZone(name: string): boolean {
  return formatFor(name) !== undefined;
}

/**
 * The UTC time of a wall clock in a zone, as in `2026-11-21T08:45:32.506784Z`; undefined when the calendar has
 * no such time or the zone is unknown.
 *
 * Without a year it is the year nearest to the receipt that is not more than a day ahead of it. A time that a
 * clock change repeats is the one nearer to the receipt; one that it skips counts as if the clock had not changed.
 */
export function wallTimeToInstant(wall: WallTime, timeZone: string, receivedAt: string): string | undefined {
  if (wall.hour > 23 || wall.minute > 59 || wall.second > 59) return undefined;
  const received = Math.floor(Date.parse(receivedAt) / 1000);
  const nearest = (times: number[]) =>
    times.reduce((best, time) => (Math.abs(time - received) < Math.abs(best - received) ? time : best));
  if (wall.year !== undefined) {
    const times = timesOf(wall, wall.year, timeZone);
    return times.length === 0 ? undefined : toInstant(nearest(times), wall.fraction);
  }
  // 29 February can be eight years back (1896 to 1904), any other day is at most one.
  const year = new Date(received * 1000).getUTCFullYear();
  for (let candidate = year + 1; candidate >= year - 8; candidate--) {
    const times = timesOf(wall, candidate, timeZone).filter((time) => time <= received + AHEAD);
    if (times.length > 0) return toInstant(nearest(times), wall.fraction);
  }
  return undefined;
}

/** The UTC time of a wall clock whose distance from UTC is known, in minutes east. */
export function offsetTimeToInstant(
  wall: WallTime & { year: number },
  minutesEast: number,
): string | undefined {
  if (wall.hour > 23 || wall.minute > 59 || wall.second > 59) return undefined;
  const local = localSeconds(wall, wall.year);
  return local === undefined ? undefined : toInstant(local - minutesEast * 60, wall.fraction);
}

/** The UTC time of seconds since 1970 and digits after the point, of which six are kept. */
export function toInstant(seconds: number, fraction: string): string | undefined {
  const date = new Date(seconds * 1000);
  const year = Number.isNaN(date.valueOf()) ? -1 : date.getUTCFullYear();
  if (year < 0 || year > 9999) return undefined;
  const micros = fraction.slice(0, 6);
  return `${date.toISOString().slice(0, 19)}${micros === "" ? "" : `.${micros}`}Z`;
}

/** Seconds since 1970 as if the wall clock showed UTC; undefined for 31 February and the like. */
function localSeconds(wall: WallTime, year: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, wall.month - 1, wall.day);
  if (date.getUTCMonth() !== wall.month - 1 || date.getUTCDate() !== wall.day) return undefined;
  return date.valueOf() / 1000 + wall.hour * 3600 + wall.minute * 60 + wall.second;
}

function timesOf(wall: WallTime, year: number, timeZone: string): number[] {
  const local = localSeconds(wall, year);
  if (local === undefined) return [];
  if (timeZone === "UTC") return [local];
  const before = offsetAt(timeZone, local - DAY);
  const after = offsetAt(timeZone, local + DAY);
  if (before === undefined || after === undefined) return [];
  const times = [...new Set([before, after])]
    .map((offset) => ({ offset, time: local - offset }))
    .filter(({ offset, time }) => offsetAt(timeZone, time) === offset)
    .map(({ time }) => time);
  return times.length > 0 ? times : [local - before];
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();
const offsets = new Map<string, number>();

function formatFor(timeZone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(timeZone)) return formats.get(timeZone);
  if (formats.size > 1000) formats.clear();
  let format: Intl.DateTimeFormat | undefined;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  formats.set(timeZone, format);
  return format;
}

/** Seconds east of UTC. Zones change on quarters of an hour, so one look-up serves all seconds of a quarter. */
function offsetAt(timeZone: string, seconds: number): number | undefined {
  const quarter = Math.floor(seconds / 900) * 900;
  const key = `${timeZone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const format = formatFor(timeZone);
  if (format === undefined) return undefined;
  const parts = new Map(format.formatToParts(quarter * 1000).map((part) => [part.type, part.value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const date = new Date(0);
  date.setUTCFullYear(
    parts.get("era") === "BC" ? 1 - part("year") : part("year"),
    part("month") - 1,
    part("day"),
  );
  const local = date.valueOf() / 1000 + part("hour") * 3600 + part("minute") * 60 + part("second");
  if (offsets.size > 10_000) offsets.clear();
  offsets.set(key, local - quarter);
  return local - quarter;
}
