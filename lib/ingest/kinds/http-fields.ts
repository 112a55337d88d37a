import { instantOf } from "@/lib/ingest/rfc3339.ts";
import { isInstant } from "@/lib/ingest/rows.ts";
import { offsetTimeToInstant } from "@/lib/ingest/wall-clock.ts";
import { instantOfMicros } from "@/lib/recordings/session.ts";

/**
 * The names under which servers write a request: nginx (as commonly given to log_format), Caddy, Traefik, Envoy and
 * Istio, and plain names. A dot leads into an object; of an array the first text is taken.
 */
export const httpFields = {
  method: ["request_method", "request.method", "RequestMethod", "method", "http_method", "verb"],
  path: ["request_uri", "request.uri", "RequestPath", "path", "uri", "url"],
  line: ["request", "request_line"],
  status: ["status", "DownstreamStatus", "response_code", "status_code", "OriginStatus"],
  bytes: ["body_bytes_sent", "bytes_sent", "size", "DownstreamContentSize", "bytes", "response_size"],
  host: ["http_host", "host", "request.host", "RequestHost", "authority", ":authority", "server_name"],
  user: ["remote_user", "user_id", "ClientUsername", "user", "username"],
  client: [
    "remote_addr",
    "request.client_ip",
    "request.remote_ip",
    "ClientHost",
    "client_ip",
    "client",
    "downstream_remote_address",
    "ip",
  ],
  agent: ["http_user_agent", "request.headers.User-Agent", "request_User-Agent", "user_agent", "userAgent"],
  referrer: ["http_referer", "request.headers.Referer", "request_Referer", "referer", "referrer"],
  session: ["session_id", "session", "sid"],
} as const satisfies { [field: string]: readonly string[] };

type Value = string | number;

/** @returns the first of the names that holds a text or a number; `-` is what servers write for nothing */
export function fieldOf(record: object, names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = at(record, name);
    if ((typeof value === "string" && value !== "" && value !== "-") || typeof value === "number")
      return value;
  }
  return undefined;
}

function at(record: object, name: string): unknown {
  if (Object.hasOwn(record, name)) return first((record as { [name: string]: unknown })[name]);
  const dot = name.indexOf(".");
  if (dot < 0) return undefined;
  const head = name.slice(0, dot);
  const inner: unknown = Object.hasOwn(record, head)
    ? (record as { [name: string]: unknown })[head]
    : undefined;
  return typeof inner === "object" && inner !== null ? at(inner, name.slice(dot + 1)) : undefined;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** Durations by the name that tells the unit, in microseconds of one. */
const durations: readonly (readonly [name: string, us: number])[] = [
  ["request_time", 1e6],
  ["Duration", 1e-3],
  ["duration_us", 1],
  ["duration_ms", 1e3],
  ["latency_ms", 1e3],
  ["response_time_ms", 1e3],
];

/** Microseconds that a request took. Caddy's `duration` is seconds, Envoy's is milliseconds. */
export function durationOf(record: object): number | undefined {
  const caddy = typeof at(record, "request") === "object";
  for (const [name, us] of [...durations, ["duration", caddy ? 1e6 : 1e3] as const]) {
    const value = at(record, name);
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number) && number >= 0 && number * us < 2 ** 53)
      return Math.round(number * us);
  }
  return undefined;
}

const startTimes = ["StartUTC", "start_time"];
/** Written when the request had been answered. */
const endTimes = ["time_iso8601", "time_local", "ts", "msec", "time", "timestamp", "@timestamp"];

/** When a request began. @returns what is wrong with its time otherwise */
export function timeOf(
  record: object,
  durationUs: number | undefined,
): { time: string } | { rejected: string } {
  const started = fieldOf(record, startTimes);
  if (started !== undefined) {
    const time = instantOfValue(started);
    return time === undefined ? { rejected: "the time of its start is none that is known" } : { time };
  }
  const ended = fieldOf(record, endTimes);
  if (ended === undefined)
    return { rejected: `time: missing; one of ${[...startTimes, ...endTimes].join(", ")}` };
  const time = instantOfValue(ended);
  if (time === undefined)
    return { rejected: "the time is none that is known: send RFC 3339 or seconds since 1970" };
  if (durationUs === undefined) return { time };
  const micros = Date.parse(`${time.slice(0, 19)}Z`) * 1000 + Number(time.slice(20, -1).padEnd(6, "0"));
  return { time: instantOfMicros(micros - durationUs) ?? time };
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const clf = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;

function instantOfValue(value: Value): string | undefined {
  const seconds =
    typeof value === "number" ? value : /^\d{9,11}(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
  if (seconds !== undefined) {
    const time = instantOfMicros(Math.round(seconds * 1e6));
    return time !== undefined && isInstant(time) ? time : undefined;
  }
  const parts = clf.exec(String(value));
  if (parts === null) return instantOf(String(value));
  const [, day, month = "", year, hour, minute, second, sign, hours, minutes] = parts;
  const east = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const wall = { year: Number(year), month: months.indexOf(month) + 1, day: Number(day) };
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction: "" };
  return offsetTimeToInstant({ ...wall, ...clock }, east);
}
