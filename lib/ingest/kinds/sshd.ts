import type { ForeignRecord, IngestKind, MapContext, Mapped } from "@/lib/ingest/define.ts";
import type { SshdEvent } from "@/lib/ingest/kinds/sshd-event.ts";
import { readSshdMessage } from "@/lib/ingest/kinds/sshd-messages.ts";
import { linesOf } from "@/lib/ingest/lines.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import { parseSyslogLine, type SyslogLine } from "@/lib/ingest/syslog.ts";
import { isTimeZone } from "@/lib/ingest/wall-clock.ts";

const PROGRAMS: ReadonlySet<string> = new Set(["sshd", "sshd-session", "sshd-auth"]);
const LONGEST_NAME = 1024;
const LONGEST_CAUSE = 65_536;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Log lines of OpenSSH's server. One record is one line. Whoever may write to the machine's log can write such
 * lines too: syslog does not prove who wrote.
 */
export const sshd: IngestKind = {
  name: "sshd",
  title: "OpenSSH server",
  description:
    "Lines of sshd from the journal, a log file or a syslog relay: logins, sessions, refused attempts.",
  mediaTypes: ["text/plain"],
  hasIds: "never",
  connectionRefs: "reused",
  settings: [
    {
      name: "timeZone",
      title: "Time zone",
      description:
        "Of lines that carry none, as in traditional log files: a name such as Europe/Rome. UTC without it.",
      fault: (value) => (isTimeZone(value) ? undefined : "is no time zone: give a name such as Europe/Rome"),
    },
  ],
  split: readLines,
  map: mapLine,
  instructions: [
    {
      title: "What sshd should say (/etc/ssh/sshd_config): VERBOSE adds sessions and refused keys",
      language: "text",
      text: "LogLevel VERBOSE",
    },
    {
      title: "Ship the journal, losing nothing over restarts (as root)",
      language: "sh",
      text: [
        "URL={url}",
        `curl -fsS "\${URL%/api/*}/ship/daybook-ship.sh" -o /usr/local/bin/daybook-ship`,
        "(umask 077 && printf '%s\\n' '{token}' > /etc/daybook-sshd-token)",
        'sh /usr/local/bin/daybook-ship -u "$URL" -t /etc/daybook-sshd-token -d /var/spool/daybook-sshd \\',
        "  -j '-t sshd -t sshd-session -t sshd-auth'",
      ].join("\n"),
    },
    {
      title: "The same as a service (/etc/systemd/system/daybook-sshd.service), and with a log file",
      language: "text",
      text: [
        "[Service]",
        "ExecStart=/bin/sh /usr/local/bin/daybook-ship -u {url} -t /etc/daybook-sshd-token \\",
        '  -d /var/spool/daybook-sshd -j "-t sshd -t sshd-session -t sshd-auth"',
        "# Where rsyslog keeps a log file, take -f /var/log/auth.log in place of -j.",
        "Restart=always",
        "[Install]",
        "WantedBy=multi-user.target",
      ].join("\n"),
    },
    {
      title: "Without the script: the last day, once",
      language: "sh",
      text: [
        "(umask 077 && printf 'Authorization: Bearer %s\\n' '{token}' > daybook-header)",
        "journalctl -q -t sshd -t sshd-session -t sshd-auth -o short-iso-precise --since -1d > sshd.log",
        "curl -fsS --retry 9 -H @daybook-header -H 'Content-Type: text/plain' \\",
        '  -H "Idempotency-Key: $(sha256sum sshd.log | head -c 64)" --data-binary @sshd.log {url}',
      ].join("\n"),
    },
  ],
};

function* readLines(body: Uint8Array): Generator<ForeignRecord, void, void> {
  for (const raw of linesOf(body)) yield { id: undefined, raw, value: utf8.decode(raw) };
}

function mapLine(record: ForeignRecord, context: MapContext): Mapped {
  const timeZone = context.settings.timeZone ?? "UTC";
  if (!isTimeZone(timeZone))
    return { rejected: `the source's setting timeZone is no time zone: ${timeZone}` };
  const line = parseSyslogLine(String(record.value), { timeZone, receivedAt: context.receivedAt });
  if ("notice" in line) return { skipped: line.notice };
  if ("problem" in line) return { rejected: line.problem };
  if (!PROGRAMS.has(line.program)) return { skipped: "not sshd" };
  const event = readSshdMessage(line.message);
  if (event === undefined) return { rejected: "sshd line not recognised" };
  if ("skipped" in event) return event;
  const draft = rowOf(line, event, context.sourceName);
  const { user, targetUser = "", target, connectionRef } = draft.row;
  for (const [field, text] of Object.entries({ user, targetUser, target, connectionRef })) {
    if (text.length > LONGEST_NAME) return { rejected: `${field} is longer than ${LONGEST_NAME} characters` };
  }
  return { rows: [draft] };
}

function rowOf(
  line: SyslogLine,
  event: SshdEvent,
  sourceName: string,
): RowDraft & { log: "connection-events" } {
  const target = line.host ?? sourceName;
  const { address, port } = event.peer ?? {};
  return {
    log: "connection-events",
    row: {
      time: line.time,
      user: event.keyId ?? nameOf(event.account),
      connectionRef: [target, address ?? "", port ?? `pid ${line.pid ?? "?"}`].join("|"),
      event: event.event,
      outcome: event.denied ? "denied" : "allowed",
      target,
      ...(event.account ? { targetUser: event.account } : {}),
      cause: event.cause.slice(0, LONGEST_CAUSE),
      kind: "ssh",
      ...(address === undefined ? {} : { clientAddress: address }),
      ...(port === undefined ? {} : { clientPort: port }),
    },
  };
}

/** The message names no account, or the client sent an empty name. */
function nameOf(account: string | undefined): string {
  if (account === undefined) return "(unknown)";
  return account === "" ? "(empty)" : account;
}
