import type { CommandFacts } from "@/lib/recordings/live-session.ts";
import type { InfoMessage, TimeSpec } from "@/lib/recordings/sudo/messages.ts";
import { SudoProtocolError } from "@/lib/recordings/sudo/protocol-error.ts";

const LONGEST_NAME = 1024;

type Info = Readonly<Record<string, unknown>>;

/** What a message of the protocol says of a command. */
export type SudoEvent = {
  /** The message's name, for errors. */
  type: "acceptMsg" | "rejectMsg" | "alertMsg";
  time: TimeSpec;
  infoMsgs: readonly InfoMessage[];
};

/** The same time as the record writes it: UTC, microseconds. */
export function instantFrom({ tvSec, tvNsec }: TimeSpec): string {
  const seconds = new Date(tvSec * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(Math.floor(tvNsec / 1000)).padStart(6, "0")}Z`;
}

/** The way back; nanoseconds that the record does not hold are zero. */
export function timeSpecFrom(instant: string): TimeSpec {
  const fraction = instant.slice(20, -1).padEnd(9, "0");
  return { tvSec: Date.parse(`${instant.slice(0, 19)}Z`) / 1000, tvNsec: Number(fraction) };
}

/**
 * The facts of a command and the size of its terminal. `original` has the names of sudo's JSON event log, so that
 * what reads and masks those events can do so here.
 *
 * @param suffix is added to the record's name, which otherwise is `host/seconds.nanoseconds` of the submission
 * @throws {SudoProtocolError} for a key twice or of the wrong kind, or one of those missing that all commands have
 */
export function commandFacts(
  event: SudoEvent,
  suffix = "",
): { facts: CommandFacts; columns: number | undefined; rows: number | undefined } {
  const { type, time, infoMsgs } = event;
  const info = infoOf(type, infoMsgs);
  const fail = (key: string, reason: string) => new SudoProtocolError(`${type}.${key} ${reason}`);
  const text = (key: string): string | null => {
    const value = info[key];
    if (value === undefined || value === null) return null;
    if (typeof value !== "string") throw fail(key, "is no string");
    return value;
  };
  const required = (key: string): string | null => {
    const value = text(key);
    // An alert may be of something that never became a command.
    if (value === null && type !== "alertMsg") throw fail(key, "is missing");
    if (value === "") throw fail(key, "is empty");
    return value;
  };
  const name = (key: string): string | null => {
    const value = required(key);
    if (value !== null && value.length > LONGEST_NAME)
      throw fail(key, `is longer than ${LONGEST_NAME} characters`);
    return value;
  };
  const number = (key: string): number | undefined => {
    const value = info[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number") throw fail(key, "is no number");
    return value;
  };
  const strings = (key: string): string[] | null => {
    const value = info[key];
    if (value === undefined || value === null) return null;
    if (!isStrings(value)) throw fail(key, "is no list of strings");
    return value;
  };
  const target = name("submithost");
  const at = `${time.tvSec}.${String(time.tvNsec).padStart(9, "0")}`;
  const timeKey = type === "alertMsg" ? "alert_time" : "submit_time";
  const facts = {
    recordId: `${target ?? ""}/${at}${suffix}`,
    at: instantFrom(time),
    user: name("submituser"),
    targetUser: name("runuser"),
    target,
    command: required("command"),
    argv: strings("runargv"),
    cwd: text("runcwd") ?? text("submitcwd"),
    tty: text("ttyname"),
    original: { [timeKey]: { seconds: time.tvSec, nanoseconds: time.tvNsec }, ...info },
  };
  return { facts, columns: number("columns"), rows: number("lines") };
}

function infoOf(type: string, messages: readonly InfoMessage[]): Info {
  const values = new Map<string, unknown>();
  for (const { key, numval, strval, strlistval, numlistval } of messages) {
    if (values.has(key)) throw new SudoProtocolError(`${type}.${key} comes twice`);
    const value = numval ?? strval ?? strlistval?.strings ?? numlistval?.numbers;
    // So it comes for a fact that is none, such as the terminal of a command without one.
    values.set(key, value ?? null);
  }
  return Object.fromEntries(values);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
