import {
  BadBody,
  type ForeignRecord,
  type IngestKind,
  type MapContext,
  type Mapped,
  type Rejected,
} from "@/lib/ingest/define.ts";
import { httpOutcome } from "@/lib/ingest/http-outcome.ts";
import { HarEntry, mapHarEntry } from "@/lib/ingest/kinds/har-entry.ts";
import { readHar } from "@/lib/ingest/kinds/har-file.ts";
import { durationOf, fieldOf, httpFields, timeOf } from "@/lib/ingest/kinds/http-fields.ts";
import { longestName, longestText, sessionRows } from "@/lib/ingest/kinds/http-session.ts";
import { isHar } from "@/lib/ingest/kinds/is-har.ts";
import { cutOff, isUnended, linesOf } from "@/lib/ingest/lines.ts";
import type { DraftOf } from "@/lib/ingest/rows.ts";
import { decodeText, scanDocument, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";
import { redactHttpRecord, redactUnreadableHttp } from "@/lib/record/redact.ts";

/**
 * Access logs of HTTP servers in JSON, one request a line. HTTP has no sessions of its own: one is what a field of
 * the record names, else all that one user asked of one host from one address with one program on one day of UTC.
 * That is the same whatever order and batches the lines come in, which no rule about pauses is.
 * A body that is one HAR file is a session of its own: see {@link readHar}.
 */
export const httpAccess: IngestKind = {
  name: "http-access",
  title: "HTTP access log",
  description:
    "JSON access logs of nginx, Caddy, Traefik, Envoy and the like, or a browser’s HAR file: who asked for what, and the answer.",
  mediaTypes: ["application/x-ndjson", "application/ndjson", "application/json", "text/plain"],
  hasIds: "sometimes",
  connectionRefs: "unique",
  settings: [
    {
      name: "target",
      title: "Target",
      description:
        "What the application is called in the logs; the host that was asked without it, of a HAR file the first.",
    },
    {
      name: "user",
      title: "Person of HAR files",
      description:
        "Whom the requests of a HAR file belong to, for the file does not say; needed for HAR files. Access logs name their users themselves.",
    },
    {
      name: "sessionField",
      title: "Field with the session",
      description:
        "The name of the field whose value tells sessions apart; it is masked. session_id, session or sid without it.",
    },
    {
      name: "idField",
      title: "Field with the record's id",
      description:
        "A field that the server makes, one value for each request, such as request_id. Without it posts need an Idempotency-Key.",
    },
  ],
  split: function* (body, context) {
    for (const record of readBody(body, context)) if (record !== undefined) yield record;
  },
  splitInTurns: readBody,
  map: mapLine,
  instructions: [
    {
      title: "What nginx should log (nginx.conf)",
      language: "text",
      text: [
        'log_format daybook escape=json \'{"time_iso8601":"$time_iso8601","remote_addr":"$remote_addr","remote_user":"$remote_user",\'',
        '  \'"request_method":"$request_method","request_uri":"$request_uri","status":$status,"body_bytes_sent":$body_bytes_sent,\'',
        '  \'"request_time":$request_time,"host":"$host","http_referer":"$http_referer","http_user_agent":"$http_user_agent"}\';',
        "access_log /var/log/nginx/access.json daybook;",
        "# Caddy: log { output file … } writes JSON. Traefik: accessLog: {format: json}. Envoy: json_format.",
      ].join("\n"),
    },
    {
      title: "Ship the log as it grows, losing nothing over restarts",
      language: "sh",
      text: [
        "URL={url}",
        `curl -fsS "\${URL%/api/*}/ship/daybook-ship.sh" -o /usr/local/bin/daybook-ship`,
        "(umask 077 && printf '%s\\n' '{token}' > /etc/daybook-http-token)",
        'sh /usr/local/bin/daybook-ship -u "$URL" -t /etc/daybook-http-token -d /var/spool/daybook-http \\',
        "  -f /var/log/nginx/access.json",
      ].join("\n"),
    },
    {
      title: "A file, once",
      language: "sh",
      text: [
        "(umask 077 && printf 'Authorization: Bearer %s\\n' '{token}' > daybook-header)",
        "curl -fsS --retry 9 -H @daybook-header -H 'Content-Type: application/x-ndjson' \\",
        '  -H "Idempotency-Key: $(sha256sum access.json | head -c 64)" --data-binary @access.json {url}',
      ].join("\n"),
    },
    {
      title: "A HAR file, once: of the person in the source's settings",
      language: "sh",
      text: [
        "(umask 077 && printf 'Authorization: Bearer %s\\n' '{token}' > daybook-header)",
        "curl -fsS --retry 9 -H @daybook-header -H 'Content-Type: application/json' --data-binary @session.har {url}",
      ].join("\n"),
    },
  ],
};

type Step = ForeignRecord | Rejected | undefined;

/** Editors and Windows programs put this before a text. */
const byteOrderMark = [0xef, 0xbb, 0xbf];

function* readBody(body: Uint8Array, context: MapContext): Generator<Step, void, void> {
  const marked = byteOrderMark.every((byte, at) => body[at] === byte);
  const text = marked ? body.subarray(byteOrderMark.length) : body;
  yield* isHar(text) ? readHar(text, context) : readLines(body, context);
}

function* readLines(body: Uint8Array, context: MapContext): Generator<ForeignRecord | Rejected, void, void> {
  for (const line of linesOf(body)) {
    try {
      const { start } = scanDocument(line);
      if (typeAt(line, start) !== "object")
        throw new BadBody("The body is no JSON log: a line is no JSON object");
      const raw = redactHttpRecord(line, context, sessionField(context));
      const value = JSON.parse(decodeText(raw, { start: 0, end: raw.length })) as object;
      const named = context.settings.idField ? fieldOf(value, [context.settings.idField]) : undefined;
      yield { id: named === undefined ? undefined : String(named), raw, value };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      if (isUnended(body, line)) throw cutOff(error);
      yield { rejected: `not a line of JSON: ${error.message}`, raw: redactUnreadableHttp(line, context) };
    }
  }
}

function sessionField({ settings }: MapContext): string | undefined {
  return settings.sessionField || undefined;
}

function mapLine({ value }: ForeignRecord, context: MapContext): Mapped {
  if (value instanceof HarEntry) return mapHarEntry(value, context);
  const record = value as object;
  const text = (field: keyof typeof httpFields): string | undefined => {
    const found = fieldOf(record, httpFields[field]);
    return found === undefined ? undefined : String(found);
  };
  const durationUs = durationOf(record);
  const at = timeOf(record, durationUs);
  if ("rejected" in at) return at;
  const [, lineMethod, linePath] = /^([A-Z]{1,20}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(text("line") ?? "") ?? [];
  const method = text("method") ?? lineMethod;
  const request = text("path") ?? linePath;
  if (request === undefined) return { rejected: `path: missing; one of ${httpFields.path.join(", ")}` };
  const status = Number(text("status") ?? "NaN");
  const host = text("host");
  const user = text("user") ?? "(unknown)";
  const clientAddress = text("client")?.replace(/^\[?(.*?)\]?:\d{1,5}$/, (whole, address: string) =>
    address.includes(":") && !whole.startsWith("[") ? whole : address,
  );
  const clientSoftware = text("agent")?.slice(0, longestText);
  const target = context.settings.target || host || context.sourceName;
  const named =
    sessionField(context) === undefined ? text("session") : fieldOf(record, [sessionField(context) ?? ""]);
  for (const [field, given] of Object.entries({ method, host, user, target, session: named }))
    if (given !== undefined && String(given).length > longestName)
      return { rejected: `${field}: has more than ${longestName} characters` };
  const day = at.time.slice(0, 10);
  const connectionRef =
    named === undefined
      ? `${day} ${context.mask([user, clientAddress, host, clientSoftware].join("\n"))}`
      : `session ${named}`;
  const bytes = Number(text("bytes") ?? "NaN");
  const referrer = text("referrer");
  const who = {
    user,
    target,
    connectionRef,
    kind: "http" as const,
    ...(clientAddress && { clientAddress: clientAddress.slice(0, 256) }),
    ...(clientSoftware && { clientSoftware }),
  };
  const row: DraftOf<"session-requests"> = {
    ...who,
    time: at.time,
    part: "whole",
    request: request.slice(0, longestText),
    ...httpOutcome(status),
    ...(method && { method }),
    ...(host && { host }),
    ...(durationUs !== undefined && { durationUs }),
    ...(Number.isSafeInteger(bytes) && bytes >= 0 && { bytes }),
    ...(referrer && { referrer: referrer.slice(0, longestText) }),
  };
  return { rows: [{ log: "session-requests", row }, ...sessionRows(who, at.time)] };
}
