import { z } from "zod";

/** The types of events that sudo logs, as it writes them. */
export const sudoEventTypes = ["accept", "reject", "exit", "alert"] as const;

const timestamp = z.object({ seconds: z.int(), nanoseconds: z.int().min(0).max(999_999_999) });
export type SudoTime = z.output<typeof timestamp>;

const text = z.string();
const name = z.string().min(1).max(1024);

/** What a command's event says of the command; `alert` may come without. */
const command = {
  submituser: name.optional(),
  submithost: name.optional(),
  submitcwd: text.optional(),
  runuser: name.optional(),
  runcwd: text.optional(),
  command: text.optional(),
  runargv: z.array(text).optional(),
  runenv: z.array(text).optional(),
  peeraddr: z.string().min(1).max(256).optional(),
};
const logged = { uuid: name.optional(), server_time: timestamp };

/**
 * The values of sudo's JSON events (lib/eventlog of sudo 1.9): those members that make rows. All others may
 * come and go with sudo's version.
 */
export const sudoEvents = {
  accept: z.object({
    ...logged,
    ...command,
    submit_time: timestamp,
    submituser: name,
    iolog_offset: timestamp.optional(),
  }),
  reject: z.object({
    ...logged,
    ...command,
    submit_time: timestamp,
    submituser: name,
    reason: text,
    iolog_offset: timestamp.optional(),
  }),
  exit: z.object({
    ...logged,
    ...command,
    exit_time: timestamp,
    run_time: timestamp,
    exit_value: z.int().optional(),
    signal: text.optional(),
    dumped_core: z.boolean().optional(),
  }),
  alert: z.object({ ...logged, ...command, alert_time: timestamp.optional(), reason: text }),
} as const;

export type SudoCommand = z.output<(typeof sudoEvents)["accept"]>;
export type SudoReject = z.output<(typeof sudoEvents)["reject"]>;
export type SudoExit = z.output<(typeof sudoEvents)["exit"]>;
export type SudoAlert = z.output<(typeof sudoEvents)["alert"]>;

/** One event as it was cut out of a body, not yet checked. `host` is the one that a syslog line names. */
export type SudoValue = { type: string; event: unknown; host: string | undefined };

/** The name of a session of sudo: `seconds.nanoseconds` of its submission. */
export function sessionOf({ seconds, nanoseconds }: SudoTime): string {
  return `${seconds}.${String(nanoseconds).padStart(9, "0")}`;
}

/**
 * When the session of an exit was submitted: sudo writes the exit's time as the submission's plus the time that
 * the command ran, to the nanosecond, so the difference is exact.
 */
export function submissionOf({ exit_time: exit, run_time: run }: SudoExit): SudoTime {
  const nanoseconds = exit.nanoseconds - run.nanoseconds;
  const borrow = nanoseconds < 0 ? 1 : 0;
  return { seconds: exit.seconds - run.seconds - borrow, nanoseconds: nanoseconds + borrow * 1_000_000_000 };
}

/** sudo cuts its own copy of the command line off here. */
const LONGEST_COPY = 4096;

/**
 * Whether a command was started by another one that sudo runs (`log_subcmds`). With an I/O log on the machine the
 * event has an offset into it; without, the environment still holds the outer command.
 */
export function isSubCommand(
  event: Pick<SudoCommand, "iolog_offset" | "command" | "runargv" | "runenv">,
  mask: (secret: string) => string,
): boolean {
  if (event.iolog_offset !== undefined) return true;
  const outer = event.runenv
    ?.find((entry) => entry.startsWith("SUDO_COMMAND="))
    ?.slice("SUDO_COMMAND=".length);
  if (outer === undefined || event.command === undefined) return false;
  const own = [event.command, ...(event.runargv ?? []).slice(1)].join(" ").slice(0, LONGEST_COPY);
  // A record that comes back from quarantine has its environment masked.
  return outer !== own && outer !== mask(own);
}
