import { offsetTimeToInstant, toInstant, type WallTime, wallTimeToInstant } from "@/lib/ingest/wall-clock.ts";

/** One line of a log file or of journalctl, taken apart. `program` is "" when the line names none. */
export type SyslogLine = {
  /** UTC, as in `2026-11-21T08:45:32.506784Z`, with as many digits as the line had, at most six. */
  time: string;
  host: string | undefined;
  program: string;
  pid: string | undefined;
  message: string;
};

/** `notice`: journalctl's own remark, no record. `problem`: why this is no syslog line. */
export type SyslogResult = SyslogLine | { notice: string } | { problem: string };

export type SyslogContext = {
  /** Zone of times that do not say theirs: `UTC` or a name such as `Europe/Rome`. */
  timeZone: string;
  /** Time of receipt, for the year that RFC 3164 leaves out. */
  receivedAt: string;
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PRIORITY = /^<(\d{1,3})>/;
const TRADITIONAL = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?= )/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?= )/;
const FULL =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\S{1,40})(?= )/;
const UNIX = /^(\d{9,11})\.(\d{6})(?= )/;
const TAG = /^([^\s[\]:]{1,128})(?:\[([^\s[\]]{1,64})\])?:(?: |$)/;

/**
 * Takes one line apart, in any of these forms: RFC 5424 and RFC 3164 with priority as a relay sends them;
 * rsyslog's files, traditional or with ISO times; `journalctl -o short`, `short-precise`, `short-iso`,
 * `short-iso-precise`, `short-unix`, and `short-full` where its zone is UTC or a number.
 */
export function parseSyslogLine(line: string, context: SyslogContext): SyslogResult {
  if (line.startsWith("-- ")) return { notice: "a remark of journalctl" };
  const priority = PRIORITY.exec(line);
  if (priority !== null && Number(priority[1]) > 191) return { problem: "the priority is above 191" };
  const rest = priority === null ? line : line.slice(priority[0].length);
  if (priority !== null && rest.startsWith("1 ")) return parseRfc5424(rest.slice(2), context);
  const stamp = parseStamp(rest, context);
  if ("problem" in stamp) return stamp;
  return { time: stamp.time, ...parseHostAndTag(rest.slice(stamp.length + 1)) };
}

function parseRfc5424(text: string, context: SyslogContext): SyslogResult {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < 5) {
    const end = text.indexOf(" ", at);
    if (end === -1) return { problem: "an RFC 5424 line ends within its header" };
    fields.push(text.slice(at, end));
    at = end + 1;
  }
  const [stamp = "-", host = "-", program = "-", pid = "-"] = fields;
  if (stamp === "-") return { problem: "the RFC 5424 line has no time" };
  const time = parseIso(`${stamp} `, context);
  if (time === undefined || "problem" in time)
    return { problem: `not an RFC 5424 time: ${stamp.slice(0, 64)}` };
  const end = endOfStructuredData(text, at);
  if (end === undefined) return { problem: "the RFC 5424 structured data is broken" };
  const message = text.slice(end + 1);
  return {
    time: time.time,
    host: orNil(host),
    program: program === "-" ? "" : program,
    pid: orNil(pid),
    message: message.startsWith("\uFEFF") ? message.slice(1) : message,
  };
}

function orNil(field: string): string | undefined {
  return field === "-" || field === "" ? undefined : field;
}

/** Where `-` or `[id name="value"]…` ends, that is the position of the blank or of the end of the line. */
function endOfStructuredData(text: string, start: number): number | undefined {
  let at = start;
  if (text[at] === "-") at++;
  else if (text[at] !== "[") return undefined;
  while (text[at] === "[") {
    let quoted = false;
    for (at++; at < text.length && (quoted || text[at] !== "]"); at++) {
      if (text[at] === '"') quoted = !quoted;
      else if (text[at] === "\\" && quoted) at++;
    }
    if (text[at] !== "]") return undefined;
    at++;
  }
  return at >= text.length || text[at] === " " ? at : undefined;
}

type Stamp = { time: string; length: number } | { problem: string };

function parseStamp(text: string, context: SyslogContext): Stamp {
  const iso = parseIso(text, context);
  if (iso !== undefined) return iso;
  const traditional = TRADITIONAL.exec(text);
  if (traditional !== null) {
    const [whole, month = "", ...numbers] = traditional;
    const wall = wallTime([undefined, String(MONTHS.indexOf(month) + 1), ...numbers]);
    return stampOf(whole, wallTimeToInstant(wall, context.timeZone, context.receivedAt));
  }
  const full = FULL.exec(text);
  if (full !== null) {
    const [whole, ...parts] = full;
    const zone = parts[7] ?? "";
    const minutes = /^(?:UTC|GMT|Z)$/.test(zone) ? 0 : minutesEast(zone);
    if (minutes === undefined) {
      return { problem: `the zone ${zone} has more than one meaning; use journalctl -o short-iso-precise` };
    }
    return stampOf(whole, offsetTimeToInstant(datedWallTime(parts), minutes));
  }
  const unix = UNIX.exec(text);
  if (unix !== null) return stampOf(unix[0], toInstant(Number(unix[1]), unix[2] ?? ""));
  return { problem: "not a syslog line: it does not begin with a time" };
}

function parseIso(text: string, context: SyslogContext): Stamp | undefined {
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const [whole, ...parts] = iso;
  const wall = datedWallTime(parts);
  const zone = parts[7];
  const minutes = zone === undefined ? undefined : zone === "Z" ? 0 : minutesEast(zone);
  return stampOf(
    whole,
    minutes === undefined
      ? wallTimeToInstant(wall, context.timeZone, context.receivedAt)
      : offsetTimeToInstant(wall, minutes),
  );
}

function stampOf(whole: string, time: string | undefined): Stamp {
  return time === undefined ? { problem: `no such time: ${whole}` } : { time, length: whole.length };
}

/** `+0100`, `+01:00` or `-03` as minutes. */
function minutesEast(zone: string): number | undefined {
  const match = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === "-" ? -minutes : minutes;
}

function datedWallTime(parts: (string | undefined)[]): WallTime & { year: number } {
  return { ...wallTime(parts), year: Number(parts[0]) };
}

function wallTime([year, month, day, hour, minute, second, fraction]: (string | undefined)[]): WallTime {
  return {
    year: year === undefined ? undefined : Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction: (fraction ?? "").slice(0, 6),
  };
}

/** `HOST TAG[PID]: MESSAGE`, or without the host as `journalctl --no-hostname` prints it. */
function parseHostAndTag(text: string): Omit<SyslogLine, "time"> {
  const blank = text.indexOf(" ");
  const first = blank === -1 ? text : text.slice(0, blank);
  const hasHost = !first.endsWith(":");
  const host = hasHost ? orNil(first) : undefined;
  const rest = hasHost ? text.slice(first.length + 1) : text;
  const tag = TAG.exec(rest);
  if (tag === null) return { host, program: "", pid: undefined, message: rest };
  return { host, program: tag[1] ?? "", pid: tag[2], message: rest.slice(tag[0].length) };
}
