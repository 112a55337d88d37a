import { catalogEntry } from "@/lib/audit/catalog.ts";
import { eventFaults, foreignFaults } from "@/lib/audit/event-faults.ts";
import type { ForeignRecord, IngestKind, MapContext, Mapped, Rejected } from "@/lib/ingest/define.ts";
import { issuesText } from "@/lib/ingest/issues.ts";
import { accessMethodOf } from "@/lib/ingest/kubernetes-clients.ts";
import { cutOff, isUnended, linesOf } from "@/lib/ingest/lines.ts";
import { auditEventDraft, type DraftOf, drafts, type RecordLog, type RowDraft } from "@/lib/ingest/rows.ts";
import { decodeText, MAX_BODY_DEPTH, members, scanDocument, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";

/** What another product may tell: a UUID as `id` is the event's Id too. */
const auditEvent = {
  log: "audit-log",
  id: "5f0c1d9e-6a43-4f0a-9b0e-0d1f6c3b7a21",
  time: "2026-11-21T08:45:33.120000Z",
  workflowId: "b7a0f4ce-3c1d-4a57-8f2e-9d6f2c0f5e10",
  workflowType: "epbpolicy:update",
  eventType: "epbpolicy:updated",
  eventDescription: "Updated policy Gold",
  initiator: "ann@example.org",
  initiatorType: "tenant-user",
  target: "Gold",
  targetId: "policy-7",
  operationStatus: "success",
  customValues: { modifiedFields: ["retentionDays"], updateStatus: "updated" },
  originalState: { retentionDays: 30 },
  updatedState: { retentionDays: 90 },
};

type Line = { log: RecordLog; row: Record<string, unknown> };

/**
 * Daybook's own format: one JSON object per line, `log` naming the log, `id` (optional) the record at its
 * source, and the fields of the log's draft. Strict: an unknown, repeated or missing field, or one of a wrong
 * type, rejects the line, never the others.
 */
export const native: IngestKind = {
  name: "native",
  title: "Daybook NDJSON",
  description: "Any program that can post JSON: one record per line, for each of the logs.",
  mediaTypes: ["application/x-ndjson", "application/ndjson", "application/json"],
  hasIds: "sometimes",
  connectionRefs: "unique",
  settings: [
    {
      name: "cluster",
      title: "Cluster",
      description: "The cluster of Kubernetes API calls that do not name one; the source’s name without it.",
    },
  ],
  split: readBody,
  map: mapLine,
  instructions: [
    {
      title: "Post records that carry ids",
      language: "sh",
      text: [
        "cat > records.ndjson <<'END'",
        '{"log":"commands","id":"run-1","time":"2026-11-21T08:45:32.506784Z","user":"ann","target":"web-1","targetUser":"root","command":"systemctl restart nginx"}',
        '{"log":"connection-events","id":"run-2","time":"2026-11-21T08:45:30Z","user":"ann","target":"web-1","targetUser":"root","kind":"ssh","connectionRef":"0d6f4c1e","event":"open","clientAddress":"203.0.113.9"}',
        "END",
        "curl --fail-with-body -H 'Authorization: Bearer {token}' -H 'Content-Type: application/x-ndjson' \\",
        "  --data-binary @records.ndjson {url}",
      ].join("\n"),
    },
    {
      title: "Post an event of the audit log: Settings → Audit Log → Reference lists workflows and events",
      language: "sh",
      text: [
        "cat > event.ndjson <<'END'",
        JSON.stringify(auditEvent),
        "END",
        "curl --fail-with-body -H 'Authorization: Bearer {token}' -H 'Content-Type: application/x-ndjson' \\",
        "  --data-binary @event.ndjson {url}",
      ].join("\n"),
    },
    {
      title: "Post records without ids: the key stays the same when a body is sent again",
      language: "sh",
      text: [
        "curl --fail-with-body -H 'Authorization: Bearer {token}' -H 'Content-Type: application/x-ndjson' \\",
        "  -H \"Idempotency-Key: $(sha256sum < records.ndjson | cut -d' ' -f1)\" \\",
        "  --retry 9 --data-binary @records.ndjson {url}",
      ].join("\n"),
    },
  ],
};

function* readBody(body: Uint8Array): Generator<ForeignRecord | Rejected, void, void> {
  for (const line of linesOf(body)) {
    if (line.every(isBlank)) continue;
    try {
      yield readLine(line);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      if (isUnended(body, line) && !isJson(line)) throw cutOff(error);
      yield { rejected: `not a line of JSON: ${error.message}`, raw: line };
    }
  }
}

/** However deep. */
function isJson(line: Uint8Array): boolean {
  try {
    scanDocument(line, MAX_BODY_DEPTH);
    return true;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

/** @throws {JsonError} */
function readLine(raw: Uint8Array): ForeignRecord | Rejected {
  const read = parseLine(raw);
  if (typeof read === "string") return { rejected: read, raw };
  const { log, id, ...row } = read;
  if (id !== undefined && (typeof id !== "string" || id === "")) {
    return { rejected: "id: must be a text that is not empty", raw };
  }
  if (!isRecordLog(log))
    return { rejected: `log: must be one of ${Object.keys(drafts).join(", ")}`, raw, id };
  const value: Line = { log, row };
  return { id, raw, value };
}

/** The object of a line, or why there is none. @throws {JsonError} */
function parseLine(raw: Uint8Array): Record<string, unknown> | string {
  const range = scanDocument(raw);
  if (typeAt(raw, range.start) !== "object") return "the line is no JSON object";
  const repeated = repeatedKey(raw, range.start);
  return repeated === undefined
    ? (JSON.parse(decodeText(raw, range)) as Record<string, unknown>)
    : `${repeated.slice(0, 200)}: given twice`;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function repeatedKey(raw: Uint8Array, start: number): string | undefined {
  const keys = new Set<string>();
  for (const { key } of members(raw, start)) {
    if (keys.has(key)) return key;
    keys.add(key);
  }
  return undefined;
}

function isRecordLog(log: unknown): log is RecordLog {
  return typeof log === "string" && Object.hasOwn(drafts, log);
}

function mapLine(record: ForeignRecord, context: MapContext): Mapped {
  const { log, row } = record.value as Line;
  const filled = { ...defaultsOf(log, row, record.id, context), ...row };
  const parsed = drafts[log].safeParse(filled);
  if (!parsed.success) return { rejected: issuesText(parsed.error) };
  if (log === "audit-log") return foreignEvent(parsed.data as DraftOf<"audit-log">);
  return { rows: [{ log, row: parsed.data } as RowDraft] };
}

/** The catalogue says in which category an event is; other products do not speak as Daybook. */
function foreignEvent(row: DraftOf<"audit-log">): Mapped {
  const faults = [...foreignFaults(row), ...eventFaults(row)];
  if (faults.length > 0)
    return { rejected: faults.map(({ field, reason }) => `${field}: ${reason}`).join("; ") };
  const { category, targetType = row.targetType } = catalogEntry(row.workflowType) ?? {};
  return {
    rows: [
      {
        log: "audit-log",
        row: {
          ...row,
          ...(category !== undefined && { category }),
          ...(targetType !== undefined && { targetType }),
        },
      },
    ],
  };
}

/** What a record that does not say it is taken to say. */
function defaultsOf(log: RecordLog, row: Line["row"], id: string | undefined, context: MapContext) {
  if (log === "kubernetes-api-calls") return callDefaults(row, id, context);
  // Other systems and logs know the event by the id that its product gave it.
  const { success: isEventId } = auditEventDraft.shape.eventId.safeParse(id);
  return log === "audit-log" && id !== undefined && isEventId ? { eventId: id } : {};
}

/** A call that does not say otherwise is complete, has its record's id and belongs to the source's cluster. */
function callDefaults(row: Record<string, unknown>, id: string | undefined, context: MapContext) {
  const { userAgent } = row;
  return {
    ...(id !== undefined && { auditId: id }),
    stage: "ResponseComplete",
    cluster: context.settings.cluster || context.sourceName,
    accessMethod: accessMethodOf(typeof userAgent === "string" ? userAgent : undefined),
  };
}
