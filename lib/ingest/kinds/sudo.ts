import type { z } from "zod";
import type { ForeignRecord, IngestKind, MapContext, Mapped } from "@/lib/ingest/define.ts";
import { hostListFault } from "@/lib/ingest/host-list.ts";
import { issuesText } from "@/lib/ingest/issues.ts";
import {
  isSubCommand,
  type SudoAlert,
  type SudoCommand,
  type SudoExit,
  type SudoReject,
  type SudoTime,
  type SudoValue,
  sessionOf,
  submissionOf,
  sudoEvents,
} from "@/lib/ingest/kinds/sudo-events.ts";
import { splitSudo } from "@/lib/ingest/kinds/sudo-split.ts";
import type { DraftOf, RowDraft } from "@/lib/ingest/rows.ts";
import { shellQuote } from "@/lib/ingest/shell-quote.ts";
import { toInstant } from "@/lib/ingest/wall-clock.ts";

const LONGEST_TEXT = 65_536;
const LONGEST_COMMAND = 1_048_576;
/** sudo names nobody in the event of an exit, and not always in an alert. */
const UNKNOWN = "(unknown)";

/**
 * sudo's JSON events. A session is named by the nanosecond at which it was submitted, which accept, reject and
 * sub-commands carry and an exit's times give exactly; uuids do not do, as a sub-command has one of its own.
 *
 * accept: a command, and the opening of the session. reject: a refused command, and a refused connection unless it
 * is a sub-command, whose session goes on. exit: the closing. alert: a user event.
 */
export const sudo: IngestKind = {
  name: "sudo",
  title: "sudo",
  description:
    "sudo’s JSON event log, whole or as it grows, or its JSON in syslog: commands, refusals and their sessions.",
  mediaTypes: ["application/json", "application/x-ndjson", "application/ndjson", "text/plain"],
  hasIds: "sometimes",
  connectionRefs: "unique",
  settings: [
    {
      name: "hosts",
      title: "Hosts that send their sessions live",
      description:
        "Addresses or ranges, such as 192.0.2.7 or 10.1.0.0/16, from which sudo’s log protocol is taken unencrypted. None without it; over TLS a client certificate tells who sends.",
      fault: hostListFault,
    },
  ],
  split: splitSudo,
  map: mapEvent,
  instructions: [
    {
      title:
        "Send whole sessions as they happen, with Daybook started with SUDO_PORT=30343 (visudo -f /etc/sudoers.d/daybook)",
      language: "text",
      text: [
        'Defaults log_servers="daybook.example.org:30343"',
        "Defaults log_output, log_subcmds, log_exit_status",
        "# With ignore_iolog_errors sudo runs on without Daybook, and End session cannot end what it runs.",
      ].join("\n"),
    },
    {
      title: "Or tell sudo to log JSON (visudo -f /etc/sudoers.d/daybook)",
      language: "text",
      text: "Defaults log_format=json, logfile=/var/log/sudo.json, log_exit_status, log_subcmds",
    },
    {
      title: "Ship the log as it grows, losing nothing over restarts (as root)",
      language: "sh",
      text: [
        "URL={url}",
        `curl -fsS "\${URL%/api/*}/ship/daybook-ship.sh" -o /usr/local/bin/daybook-ship`,
        "(umask 077 && printf '%s\\n' '{token}' > /etc/daybook-sudo-token)",
        'sh /usr/local/bin/daybook-ship -u "$URL" -t /etc/daybook-sudo-token -d /var/spool/daybook-sudo -s /var/log/sudo.json',
      ].join("\n"),
    },
    {
      title: "The same as a service (/etc/systemd/system/daybook-sudo.service)",
      language: "text",
      text: [
        "[Service]",
        "ExecStart=/bin/sh /usr/local/bin/daybook-ship -u {url} -t /etc/daybook-sudo-token \\",
        "  -d /var/spool/daybook-sudo -s /var/log/sudo.json",
        "Restart=always",
        "[Install]",
        "WantedBy=multi-user.target",
      ].join("\n"),
    },
    {
      title: "Without the script: the log as it is now; what was sent before is not stored twice",
      language: "sh",
      text: [
        "(umask 077 && printf 'Authorization: Bearer %s\\n' '{token}' > daybook-header)",
        "curl -fsS --retry 9 -H @daybook-header -H 'Content-Type: application/json' \\",
        "  --data-binary @/var/log/sudo.json {url}",
      ].join("\n"),
    },
  ],
};

function mapEvent({ value }: ForeignRecord, context: MapContext): Mapped {
  const given = value as SudoValue | { skipped: string };
  if ("skipped" in given) return given;
  return mapValue(given, { ...context, sourceName: given.host ?? context.sourceName });
}

/** @param context with the best name there is for the target of events that name none */
function mapValue(given: SudoValue, context: MapContext): Mapped {
  switch (given.type) {
    case "accept":
      return checked(sudoEvents.accept.safeParse(given.event), (event) => mapAccept(event, context));
    case "reject":
      return checked(sudoEvents.reject.safeParse(given.event), (event) => mapReject(event, context));
    case "exit":
      return checked(sudoEvents.exit.safeParse(given.event), (event) => mapExit(event, context));
    case "alert":
      return checked(sudoEvents.alert.safeParse(given.event), (event) => mapAlert(event, context));
    default:
      return { rejected: `not an event of sudo: ${given.type}` };
  }
}

function mapAccept(event: SudoCommand, context: MapContext): Mapped {
  const command = commandOf(event, context);
  const submitted = instantOf(event.submit_time);
  if (command === undefined || submitted === undefined) return noSuchTime;
  const { iolog_offset: offset } = event;
  return {
    rows: [
      {
        log: "commands",
        row: {
          ...command,
          outcome: "accepted",
          ...(offset === undefined
            ? {}
            : { offsetMs: offset.seconds * 1000 + Math.floor(offset.nanoseconds / 1e6) }),
        },
      },
      {
        log: "connection-events",
        // Sub-commands tell of the session too, and may be all that is known of it.
        once: `open ${sessionOf(event.submit_time)}`,
        row: { ...sessionRow(event, context), time: submitted, event: "open", outcome: "allowed" },
      },
    ],
  };
}

function mapReject(event: SudoReject, context: MapContext): Mapped {
  const command = commandOf(event, context);
  if (command === undefined) return noSuchTime;
  const reason = event.reason.slice(0, LONGEST_TEXT);
  const rows: RowDraft[] = [{ log: "commands", row: { ...command, outcome: "rejected", reason } }];
  if (isSubCommand(event, context.mask)) return { rows };
  const row = {
    ...sessionRow(event, context),
    time: command.time,
    event: "closed",
    outcome: "denied",
  } as const;
  return { rows: [...rows, { log: "connection-events", row: { ...row, cause: reason } }] };
}

function mapExit(event: SudoExit, context: MapContext): Mapped {
  const time = instantOf(event.exit_time);
  if (time === undefined) return noSuchTime;
  const { signal, exit_value: value = 0, dumped_core: dumped } = event;
  const cause =
    signal === undefined
      ? `exit ${value}`
      : `signal ${signal.slice(0, 100)}${dumped === true ? ", core dumped" : ""}`;
  const row = sessionRow({ ...event, submit_time: submissionOf(event) }, context);
  return {
    rows: [{ log: "connection-events", row: { ...row, time, event: "closed", outcome: "allowed", cause } }],
  };
}

function mapAlert(event: SudoAlert, context: MapContext): Mapped {
  const time = instantOf(event.alert_time ?? event.server_time);
  if (time === undefined) return noSuchTime;
  const line = commandLine(event);
  const resource = `${event.submithost ?? context.sourceName}: ${event.reason}${line === "" ? "" : ` (${line})`}`;
  return {
    rows: [
      {
        log: "user-events",
        row: {
          time,
          user: event.submituser ?? UNKNOWN,
          actorType: event.submituser === undefined ? "system" : "user",
          action: "sudo alert",
          resource: resource.slice(0, LONGEST_COMMAND),
          outcome: "failure",
          count: 1,
          ...(event.peeraddr === undefined ? {} : { clientAddress: event.peeraddr }),
        },
      },
    ],
  };
}

const noSuchTime: Mapped = { rejected: "the time of the event is outside the calendar" };

/** sudo writes the outer command's submission into its sub-commands too; only the logging tells when they ran. */
function commandOf(
  event: SudoCommand | SudoReject,
  context: MapContext,
): Omit<DraftOf<"commands">, "outcome"> | undefined {
  const time = instantOf(isSubCommand(event, context.mask) ? event.server_time : event.submit_time);
  if (time === undefined) return undefined;
  const { runuser: targetUser, peeraddr: clientAddress } = event;
  const workingDirectory = (event.runcwd ?? event.submitcwd)?.slice(0, LONGEST_TEXT);
  return {
    time,
    user: event.submituser,
    target: event.submithost ?? context.sourceName,
    command: commandLine(event).slice(0, LONGEST_COMMAND),
    connectionRef: sessionOf(event.submit_time),
    origin: "reported",
    ...(targetUser === undefined ? {} : { targetUser }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    ...(clientAddress === undefined ? {} : { clientAddress }),
  };
}

function commandLine(event: Pick<SudoCommand, "runargv" | "command">): string {
  const { runargv = [], command } = event;
  return shellQuote(runargv.length === 0 && command !== undefined ? [command] : runargv);
}

function sessionRow(
  event: Pick<SudoCommand, "submithost" | "runuser" | "peeraddr" | "submit_time"> & {
    submituser?: string | undefined;
  },
  context: MapContext,
): Pick<
  DraftOf<"connection-events">,
  "user" | "connectionRef" | "target" | "targetUser" | "kind" | "clientAddress"
> {
  return {
    user: event.submituser ?? UNKNOWN,
    connectionRef: sessionOf(event.submit_time),
    target: event.submithost ?? context.sourceName,
    kind: "sudo",
    ...(event.runuser === undefined ? {} : { targetUser: event.runuser }),
    ...(event.peeraddr === undefined ? {} : { clientAddress: event.peeraddr }),
  };
}

function instantOf({ seconds, nanoseconds }: SudoTime): string | undefined {
  return toInstant(seconds, String(nanoseconds).padStart(9, "0"));
}

function checked<Event>(parsed: z.ZodSafeParseResult<Event>, map: (event: Event) => Mapped): Mapped {
  return parsed.success ? map(parsed.data) : { rejected: issuesText(parsed.error) };
}
