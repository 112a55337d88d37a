/**
 * Shows times of the record, `2026-11-21T08:45:32.506784Z`, in a zone. Seconds and more go through Intl,
 * the fraction is taken from the text: a JavaScript date would cut it to milliseconds.
 */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "longOffset",
    });
    clocks.set(zone, clock);
  }
  return clock;
}

export type ShownTime = {
  /** `2026-11-21` in the zone */
  date: string;
  /** `09:45:32` in the zone */
  clock: string;
  /** `.506784`, empty where the text has none */
  fraction: string;
  /** `+01:00` at that moment, `+00:00` for UTC */
  offset: string;
};

/** Whether the browser or Node knows the zone: a cookie may hold anything. */
export function isZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** @param time UTC text of the record @param zone an IANA name or `UTC` @returns undefined when it is no time */
export function showTime(time: string, zone: string): ShownTime | undefined {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return undefined;
  const fraction = /\.\d+/.exec(time)?.[0] ?? "";
  if (zone === "UTC") {
    return { date: time.slice(0, 10), clock: time.slice(11, 19), fraction, offset: "+00:00" };
  }
  const part: { [type: string]: string } = {};
  for (const { type, value } of clockOf(zone).formatToParts(ms)) part[type] = value;
  return {
    date: `${(part["year"] ?? "").padStart(4, "0")}-${part["month"]}-${part["day"]}`,
    clock: `${part["hour"]}:${part["minute"]}:${part["second"]}`,
    fraction,
    offset: (part["timeZoneName"] ?? "").replace("GMT", "") || "+00:00",
  };
}

const steps = [
  { unit: "year", seconds: 31_536_000 },
  { unit: "month", seconds: 2_592_000 },
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3_600 },
  { unit: "minute", seconds: 60 },
] as const;

/** How long ago, in the largest whole unit: `5 minutes ago`, `in 2 hours`. */
export function relativeTime(time: string, nowMs: number): string {
  const seconds = (Date.parse(time) - nowMs) / 1000;
  const step = steps.find((candidate) => Math.abs(seconds) >= candidate.seconds) ?? {
    unit: "second",
    seconds: 1,
  };
  const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  return words.format(Math.trunc(seconds / step.seconds), step.unit);
}

/** The UTC moment, to the second, at which clocks of the zone show `2026-11-21T09:45[:32]`. */
export function instantOfWall(wall: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset at the guess may differ from the one at the answer, around a change of clocks.
  let ms = asUtc;
  for (let round = 0; round < 2; round += 1) ms = asUtc - offsetMs(ms, zone);
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** What a clock of the zone shows at the time, in the form of `<input type="datetime-local">`. */
export function wallOfInstant(time: string, zone: string): string {
  const shown = showTime(time, zone);
  return shown ? `${shown.date}T${shown.clock}` : "";
}

function offsetMs(ms: number, zone: string): number {
  const offset = showTime(new Date(ms).toISOString(), zone)?.offset ?? "+00:00";
  const [, sign, hours, minutes, seconds = "0"] = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(offset) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
