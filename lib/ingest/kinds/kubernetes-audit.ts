import {
  BadBody,
  type ForeignRecord,
  type IngestKind,
  type MapContext,
  type Rejected,
} from "@/lib/ingest/define.ts";
import { eventMembers, readKubernetesEvent } from "@/lib/ingest/kubernetes-event.ts";
import { kubernetesInstructions } from "@/lib/ingest/kubernetes-instructions.ts";
import { rowsOfEvent } from "@/lib/ingest/kubernetes-rows.ts";
import { linesOf } from "@/lib/ingest/lines.ts";
import {
  type ByteRange,
  elements,
  MAX_BODY_DEPTH,
  members,
  parseRange,
  scanDocument,
  typeAt,
} from "@/lib/record/json-scan.ts";
import { JsonError, skipBlanks } from "@/lib/record/json-tokens.ts";
import { redactKubernetesEvent, redactUnreadable } from "@/lib/record/redact.ts";

/**
 * The audit events of a Kubernetes API server: the EventList that its webhook posts, a single Event, or the
 * lines of its audit log. A record is one stage of one call, with the id `auditID/stage`.
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
export const kubernetesAudit: IngestKind = {
  name: "kubernetes-audit",
  title: "Kubernetes audit",
  description:
    "API calls of a cluster, and from them kubectl commands, exec sessions and changes of access: posted by " +
    "kube-apiserver's audit webhook, or read from its audit log.",
  mediaTypes: ["application/json", "application/x-ndjson", "application/ndjson"],
  hasIds: "always",
  connectionRefs: "unique",
  settings: [
    {
      name: "cluster",
      title: "Cluster",
      description: "The name that rows show for the cluster; the source's name without it.",
    },
  ],
  split: (body, context) => ({ records: recordsOf(body).map((raw) => readRecord(raw, context)) }),
  map: (record, context) => {
    const event = readKubernetesEvent(record.value);
    return "rejected" in event ? event : rowsOfEvent(event, context);
  },
  instructions: kubernetesInstructions,
};

/** The bytes of each event of a body. */
function recordsOf(body: Uint8Array): Uint8Array[] {
  let range: ByteRange;
  try {
    range = scanDocument(body, MAX_BODY_DEPTH);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const lines = linesOf(body).filter((line) => skipBlanks(line, 0) < line.length);
    // A list that was cut off has no line that is an event of its own.
    if (!lines.some(isEvent)) throw new BadBody(`The body is not JSON: ${error.message}`);
    return lines;
  }
  if (typeAt(body, range.start) !== "object")
    throw new BadBody("The body is neither an EventList nor an Event");
  const all = [...members(body, range.start, MAX_BODY_DEPTH)];
  const lists = all.filter(({ key }) => key === "items");
  if (lists.length === 0) {
    if (all.some(({ key }) => key === "auditID")) return [body.subarray(range.start, range.end)];
    throw new BadBody("The body is neither an EventList (items: missing) nor an Event (auditID: missing)");
  }
  return lists.flatMap(({ valueRange }) => {
    const type = typeAt(body, valueRange.start);
    if (type === "null") return [];
    if (type !== "array") throw new BadBody("items: must be an array");
    const items = [...elements(body, valueRange.start, MAX_BODY_DEPTH)];
    return items.map(({ start, end }) => body.subarray(start, end));
  });
}

function isEvent(line: Uint8Array): boolean {
  try {
    scanDocument(line, MAX_BODY_DEPTH);
    return [...members(line, 0, MAX_BODY_DEPTH)].some(({ key }) => key === "auditID");
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

function readRecord(received: Uint8Array, context: MapContext): ForeignRecord | Rejected {
  let raw: Uint8Array;
  try {
    raw = redactKubernetesEvent(received, context);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { rejected: `not a JSON object: ${error.message}`, raw: redactUnreadable(received, context) };
  }
  const value = parseEvent(raw);
  const { auditID: auditId, stage } = value;
  if (typeof auditId !== "string" || auditId === "")
    return { rejected: "auditID: must be a text that is not empty", raw };
  if (typeof stage !== "string" || stage === "")
    return { rejected: "stage: must be a text that is not empty", raw };
  const identity = withoutWrapping(raw, value);
  return { id: `${auditId}/${stage}`, raw, value, ...(identity && { identity }) };
}

/** What the audit log's lines say of themselves, and the same events in the list of a webhook do not. */
const wrapping: ReadonlySet<string> = new Set(["kind", "apiVersion"]);

/** The event as a webhook's list has it: the file and the webhook of one cluster tell it once. */
function withoutWrapping(raw: Uint8Array, value: Record<string, unknown>): Uint8Array | undefined {
  if (![...wrapping].some((key) => Object.hasOwn(value, key))) return undefined;
  const kept = [...members(raw)]
    .filter(({ key }) => !wrapping.has(key))
    .map(({ keyRange, valueRange }) => raw.subarray(keyRange.start, valueRange.end));
  const event = new Uint8Array(kept.reduce((length, member) => length + member.length + 1, 1));
  let end = 0;
  for (const member of kept) {
    event[end] = end === 0 ? OPEN : COMMA;
    event.set(member, end + 1);
    end += member.length + 1;
  }
  event[end] = CLOSE;
  return event;
}

const OPEN = 0x7b;
const COMMA = 0x2c;
const CLOSE = 0x7d;

/** Bodies of requests and responses can be megabytes and are in the raw record: rows need none of them. */
const WHOLE = 16_384;

function parseEvent(raw: Uint8Array): Record<string, unknown> {
  if (raw.length <= WHOLE) return parseRange(raw, { start: 0, end: raw.length }) as Record<string, unknown>;
  const value: Record<string, unknown> = {};
  for (const { key, valueRange } of members(raw)) {
    if (eventMembers.has(key) || wrapping.has(key)) value[key] = parseRange(raw, valueRange);
  }
  return value;
}
