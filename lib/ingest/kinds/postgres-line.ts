import { z } from "zod";
import { offsetTimeToInstant, type WallTime, wallTimeToInstant } from "@/lib/ingest/wall-clock.ts";

const text = z.string();

/**
 * A line of PostgreSQL's jsonlog; fields without a value are left out by the server.
 * @see https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG
 */
export const postgresLine = z.object({
  timestamp: text,
  session_id: text.min(1).max(200),
  line_num: z.int().min(1),
  error_severity: text,
  message: text.default(""),
  backend_type: text.default(""),
  user: text.optional(),
  dbname: text.optional(),
  remote_host: text.optional(),
  remote_port: z.int().min(0).max(65_535).optional(),
  ps: text.optional(),
  state_code: text.optional(),
  detail: text.optional(),
  statement: text.optional(),
  application_name: text.optional(),
});

export type PostgresLine = z.output<typeof postgresLine>;

const stamp = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))? (\S+)$/;

/**
 * The time of a line in UTC. The server writes the abbreviation of its zone, which may mean several zones: but for
 * UTC and offsets such as `+03` the source has to say which.
 * @returns what is wrong with it otherwise
 */
export function timeOfLine(
  text: string,
  zone: string | undefined,
  receivedAt: string,
): { time: string } | { rejected: string } {
  const parts = stamp.exec(text);
  if (parts === null) return { rejected: "timestamp: is no time of PostgreSQL's log" };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const wall: WallTime & { year: number } = {
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction: parts[7] ?? "",
  };
  const name = parts[8] ?? "";
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(name) ?? [];
  const east = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (sign === undefined && name !== "UTC" && name !== "GMT" && name !== "Z" && zone === undefined)
    return {
      rejected: `timestamp: ${name} may mean several zones; set log_timezone = 'UTC' on the server, or the time zone of this source`,
    };
  const time =
    sign !== undefined || zone === undefined || name === "UTC" || name === "GMT"
      ? offsetTimeToInstant(wall, sign === undefined ? 0 : east)
      : wallTimeToInstant(wall, zone, receivedAt);
  return time === undefined ? { rejected: "timestamp: the calendar has no such time" } : { time };
}

/** What a line of severity LOG says about a statement. */
export type StatementMessage = {
  /** `duration` stands alone: the statement was logged before. */
  form: "statement" | "execute" | "fastpath" | "parse" | "bind" | "duration";
  statement: string;
  durationUs: number | undefined;
};

/** @returns undefined when the message is about something else */
export function readStatement(message: string): StatementMessage | undefined {
  const [, ms, rest = ""] = /^duration: (\d{1,15}(?:\.\d+)?) ms(?: {2}([\s\S]*))?$/.exec(message) ?? [];
  const durationUs = ms === undefined ? undefined : Math.round(Number(ms) * 1000);
  const said = ms === undefined ? message : rest;
  if (ms !== undefined && rest === "") return { form: "duration", statement: "", durationUs };
  if (said.startsWith("statement: ")) return { form: "statement", statement: said.slice(11), durationUs };
  if (said.startsWith("fastpath function call: ")) return { form: "fastpath", statement: said, durationUs };
  const [, form, statement] = /^(execute|parse|bind) (?:fetch from )?[\s\S]*?: ([\s\S]*)$/.exec(said) ?? [];
  if (form === undefined || statement === undefined) return undefined;
  return { form: form as "execute" | "parse" | "bind", statement, durationUs };
}
