import {
  BadBody,
  type ForeignRecord,
  type IngestKind,
  type MapContext,
  type Mapped,
  type Rejected,
} from "@/lib/ingest/define.ts";
import { issuesText } from "@/lib/ingest/issues.ts";
import { postgresInstructions } from "@/lib/ingest/kinds/postgres-instructions.ts";
import {
  type PostgresLine,
  postgresLine,
  readStatement,
  timeOfLine,
} from "@/lib/ingest/kinds/postgres-line.ts";
import { cutOff, isUnended, linesOf } from "@/lib/ingest/lines.ts";
import { microsBetween } from "@/lib/ingest/rfc3339.ts";
import type { DraftOf, RowDraft } from "@/lib/ingest/rows.ts";
import { isTimeZone } from "@/lib/ingest/wall-clock.ts";
import { decodeString, decodeText, members, scanDocument, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";
import { redactPostgresLine, redactUnreadableSql } from "@/lib/record/redact.ts";
import { instantOfMicros } from "@/lib/recordings/session.ts";

const longestName = 1024;
const longestText = 65_536;
const longestStatement = 1_048_576;

const subjects = ["user", "application_name"] as const;

/**
 * PostgreSQL's own log in its JSON form, one record a line. A session of the server is a connection; what was asked
 * in it are requests of kind database. A statement is told by one line or by two, its start and its end: see
 * lib/ingest/session-requests.ts.
 */
export const postgresJsonlog: IngestKind = {
  name: "postgres-jsonlog",
  title: "PostgreSQL",
  description:
    "The server’s own jsonlog files: sessions, refused logins, every statement with duration and error.",
  mediaTypes: ["application/x-ndjson", "application/ndjson", "application/json", "text/plain"],
  hasIds: "always",
  connectionRefs: "unique",
  settings: [
    {
      name: "target",
      title: "Target",
      description:
        "What the server is called in the logs; the source’s name without it. One source for each server.",
    },
    {
      name: "subject",
      title: "Who acts",
      description:
        "user: the database user. application_name: what the client calls itself, where a pooler or proxy puts the person there; the database user where it is empty. Anybody who connects may set it.",
      fault: (value) =>
        (subjects as readonly string[]).includes(value) ? undefined : `must be one of ${subjects.join(", ")}`,
    },
    {
      name: "parameters",
      title: "Values of parameters",
      description: "keep: as they are logged. mask: each is replaced by a mask before it is stored.",
      fault: (value) => (value === "keep" || value === "mask" ? undefined : "must be keep or mask"),
    },
    {
      name: "timeZone",
      title: "Time zone",
      description: "Of the server’s log_timezone, a name such as Europe/Rome, where that is not UTC.",
      fault: (value) => (isTimeZone(value) ? undefined : "is no time zone: give a name such as Europe/Rome"),
    },
  ],
  split: readLines,
  map: mapLine,
  instructions: postgresInstructions,
};

function* readLines(body: Uint8Array, context: MapContext): Generator<ForeignRecord | Rejected, void, void> {
  for (const line of linesOf(body)) {
    try {
      const { start } = scanDocument(line);
      if (typeAt(line, start) !== "object")
        throw new BadBody("The body is no jsonlog: a line is no JSON object");
      const raw = redactPostgresLine(line, context);
      const value: unknown = JSON.parse(decodeText(raw, { start: 0, end: raw.length }));
      yield { id: idOf(raw), raw, value };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      if (isUnended(body, line)) throw cutOff(error);
      yield { rejected: `not a line of JSON: ${error.message}`, raw: redactUnreadableSql(line, context) };
    }
  }
}

/** Lines are counted within each process of the server, which is named by its start and its number. */
function idOf(raw: Uint8Array): string | undefined {
  let [session, line]: (string | undefined)[] = [];
  for (const { key, valueRange } of members(raw)) {
    const type = typeAt(raw, valueRange.start);
    if (key === "session_id" && type === "string") session = decodeString(raw, valueRange);
    if (key === "line_num" && type === "number") line = decodeText(raw, valueRange);
  }
  return session === undefined || line === undefined ? undefined : `${session}/${line}`;
}

function mapLine({ value }: ForeignRecord, context: MapContext): Mapped {
  const parsed = postgresLine.safeParse(value);
  if (!parsed.success) return { rejected: issuesText(parsed.error) };
  const line = parsed.data;
  const zone = context.settings.timeZone || undefined;
  const at = timeOfLine(line.timestamp, zone, context.receivedAt);
  if ("rejected" in at) return at;
  const { backend_type: backend, error_severity: severity } = line;
  if (backend !== "client backend" && backend !== "not initialized" && backend !== "walsender")
    return { skipped: `a line of the server's ${backend || "own"} process` };
  for (const field of ["user", "dbname", "application_name"] as const)
    if ((line[field] ?? "").length > longestName)
      return { rejected: `${field}: has more than ${longestName} characters` };
  if (severity === "FATAL" || severity === "PANIC") return mapFatal(line, at.time, context);
  if (severity === "ERROR") return mapError(line, at.time, context);
  if (severity === "LOG") return mapLog(line, at.time, context);
  return { skipped: `a message of severity ${severity.slice(0, 40)}` };
}

function mapLog(line: PostgresLine, time: string, context: MapContext): Mapped {
  const { message } = line;
  if (/^(?:replication )?connection authorized: /.test(message)) {
    const [, named] =
      /(?:^| )application_name=(.*?)(?: SSL enabled| GSS |$)/.exec(message.slice(0, longestName)) ?? [];
    const known =
      line.application_name === undefined && named !== undefined
        ? { ...line, application_name: named }
        : line;
    return { rows: [eventRow(known, time, context, { event: "open", outcome: "allowed" })] };
  }
  if (message.startsWith("disconnection: "))
    return { rows: [eventRow(line, time, context, { event: "closed", outcome: "allowed" })] };
  const said = readStatement(message);
  if (said === undefined) return { skipped: "tells of no statement, session or error" };
  if (said.form === "parse" || said.form === "bind" || (said.form === "duration" && isPreparation(line)))
    return { skipped: "the preparation of a statement, which is told when it is executed" };
  const { durationUs, statement, form } = said;
  const part = form === "duration" ? "end" : durationUs === undefined ? "start" : "whole";
  const began = durationUs === undefined ? time : (earlier(time, durationUs) ?? time);
  const [, parameters] = /^parameters: ([\s\S]*)$/i.exec(line.detail ?? "") ?? [];
  return requestRow(line, began, context, {
    part,
    request: statement,
    outcome: part === "start" ? "started" : "success",
    ...(durationUs !== undefined && { durationUs }),
    ...(parameters !== undefined && { parameters: parameters.slice(0, longestStatement) }),
  });
}

/** A bare duration says by the process title what took so long. */
function isPreparation({ ps }: PostgresLine): boolean {
  return ps === "PARSE" || ps === "BIND";
}

function mapError(line: PostgresLine, time: string, context: MapContext): Mapped {
  return requestRow(line, time, context, { part: "end", request: line.statement ?? "", ...failureOf(line) });
}

/** The end of a session, or of an attempt to begin one. */
function mapFatal(line: PostgresLine, time: string, context: MapContext): Mapped {
  const refused =
    line.ps === "authentication" || line.ps === "startup" || (line.state_code ?? "").startsWith("28");
  const cause = [line.message, line.state_code && `(${line.state_code})`]
    .filter(Boolean)
    .join(" ")
    .slice(0, longestText);
  const event = eventRow(line, time, context, {
    event: "closed",
    outcome: refused ? "denied" : "allowed",
    cause,
  });
  if (line.statement === undefined) return { rows: [event] };
  const request = requestRow(line, time, context, {
    part: "end",
    request: line.statement,
    ...failureOf(line),
  });
  return "rows" in request ? { rows: [...request.rows, event] } : request;
}

/** 42501 is a lack of privileges; class 28 an identity that is not accepted. */
function failureOf({ state_code: code, message, detail }: PostgresLine) {
  const denied = code === "42501" || code?.startsWith("28");
  const error = [message, detail].filter(Boolean).join("; ").slice(0, longestText);
  return { outcome: denied ? "denied" : "failure", error, ...(code && { code }) } as const;
}

type Who = Pick<DraftOf<"session-requests">, "user" | "target" | "targetUser" | "connectionRef">;

function whoOf(line: PostgresLine, context: MapContext): Who {
  const named = context.settings.subject === "application_name" ? line.application_name?.trim() : undefined;
  return {
    user: named || line.user || "(unknown)",
    target: context.settings.target || context.sourceName,
    connectionRef: line.session_id,
    ...(line.user && { targetUser: line.user }),
  };
}

type EventPart = Pick<DraftOf<"connection-events">, "event" | "outcome"> & { cause?: string };

function eventRow(line: PostgresLine, time: string, context: MapContext, part: EventPart): RowDraft {
  return {
    log: "connection-events",
    row: {
      ...whoOf(line, context),
      time,
      kind: "database",
      ...part,
      ...(line.remote_host && { clientAddress: line.remote_host.slice(0, 256) }),
      ...(line.remote_port !== undefined && { clientPort: line.remote_port }),
      ...(line.application_name && { clientSoftware: line.application_name }),
    },
  };
}

type RequestPart = Pick<DraftOf<"session-requests">, "part" | "request" | "outcome"> &
  Partial<Pick<DraftOf<"session-requests">, "durationUs" | "parameters" | "error" | "code">>;

function requestRow(line: PostgresLine, time: string, context: MapContext, part: RequestPart): Mapped {
  if (part.request.length > longestStatement)
    return { rejected: `message: the statement has more than ${longestStatement} characters` };
  return {
    rows: [
      {
        log: "session-requests",
        row: {
          ...whoOf(line, context),
          time,
          kind: "database",
          place: line.line_num,
          ...part,
          ...(line.dbname && { database: line.dbname }),
          ...(line.remote_host && { clientAddress: line.remote_host.slice(0, 256) }),
          ...(line.application_name && { clientSoftware: line.application_name }),
        },
      },
    ],
  };
}

function earlier(time: string, us: number): string | undefined {
  return instantOfMicros(microsBetween("1970-01-01T00:00:00Z", time) - us);
}
