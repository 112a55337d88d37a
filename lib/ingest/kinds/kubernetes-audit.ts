import {
  BadBody,
  type ForeignRecord,
  type IngestKind,
  type MapContext,
  type Rejected,
} from "@/lib/ingest/define.ts";
import { tooLargeText } from "@/lib/ingest/issues.ts";
import { eventMembers, readKubernetesEvent } from "@/lib/ingest/kubernetes-event.ts";
import { kubernetesInstructions } from "@/lib/ingest/kubernetes-instructions.ts";
import { rowsOfEvent } from "@/lib/ingest/kubernetes-rows.ts";
import { ingestLimits } from "@/lib/ingest/limits.ts";
import { cutOff, isUnended, linesOf } from "@/lib/ingest/lines.ts";
import {
  elements,
  keys,
  MAX_BODY_DEPTH,
  members,
  parseRange,
  scanDocument,
  scanValue,
  typeAt,
} from "@/lib/record/json-scan.ts";
import { JsonError, skipBlanks, unexpected } from "@/lib/record/json-tokens.ts";
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
    "kube-apiserver’s audit webhook, or read from its audit log.",
  mediaTypes: ["application/json", "application/x-ndjson", "application/ndjson"],
  hasIds: "always",
  connectionRefs: "unique",
  settings: [
    {
      name: "cluster",
      title: "Cluster",
      description: "The name that rows show for the cluster; the source’s name without it.",
    },
  ],
  split: readBody,
  map: (record, context) => {
    const event = readKubernetesEvent(record.value);
    return "rejected" in event ? event : rowsOfEvent(event, context);
  },
  instructions: kubernetesInstructions,
};

function* readBody(body: Uint8Array, context: MapContext): Generator<ForeignRecord | Rejected, void, void> {
  for (const raw of recordsOf(body)) yield readRecord(raw, context);
}

/** The bytes of each event of a body: an EventList, one Event, or lines. */
function* recordsOf(body: Uint8Array): Generator<Uint8Array, void, void> {
  const start = skipBlanks(body, 0);
  const seen = { items: false, auditId: false };
  try {
    const end = yield* itemsOf(body, start, seen);
    if (skipBlanks(body, end) < body.length) throw new JsonError("something follows the value", end);
    if (seen.items) return;
    if (!seen.auditId)
      throw new BadBody("The body is neither an EventList (items: missing) nor an Event (auditID: missing)");
    yield body.subarray(start, end);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (seen.items) throw notJson(error);
    yield* linesOfLog(body);
  }
}

/** Walks the object at `start`. @returns where it ends */
function* itemsOf(
  body: Uint8Array,
  start: number,
  seen: { items: boolean; auditId: boolean },
): Generator<Uint8Array, number, void> {
  const walk = keys(body, start);
  let step = walk.next();
  while (!step.done) {
    const { key, valueStart } = step.value;
    if (key === "auditID") seen.auditId = true;
    if (key !== "items") {
      step = walk.next(scanValue(body, valueStart, MAX_BODY_DEPTH));
      continue;
    }
    seen.items = true;
    const type = typeAt(body, valueStart);
    if (type !== "array" && type !== "null") throw new BadBody("items: must be an array");
    step = walk.next(type === "null" ? scanValue(body, valueStart) : yield* elementsOf(body, valueStart));
  }
  return step.value;
}

function* elementsOf(body: Uint8Array, start: number): Generator<Uint8Array, number, void> {
  const walk = elements(body, start, MAX_BODY_DEPTH);
  let step = walk.next();
  for (; !step.done; step = walk.next()) yield body.subarray(step.value.start, step.value.end);
  return step.value;
}

/** Lines of an audit log, of which some may be bad: at least one must be an event. */
function* linesOfLog(body: Uint8Array): Generator<Uint8Array, void, void> {
  let isLog = false;
  let first: Look | undefined;
  for (const line of linesOf(body)) {
    if (skipBlanks(line, 0) === line.length) continue;
    const isLast = isUnended(body, line);
    if (!isLog || isLast) {
      const look = lookAt(line);
      if (isLog && look instanceof JsonError) throw cutOff(look);
      isLog ||= look === "event";
      first ??= look;
    }
    yield line;
  }
  if (isLog) return;
  if (first === "other") throw new BadBody("The body is neither an EventList nor an Event");
  throw notJson(first instanceof JsonError ? first : unexpected(body, body.length, "a value"));
}

type Look = "event" | "other" | JsonError;

function lookAt(line: Uint8Array): Look {
  try {
    const { start } = scanDocument(line, MAX_BODY_DEPTH);
    if (typeAt(line, start) !== "object") return "other";
    return [...members(line, start, MAX_BODY_DEPTH)].some(({ key }) => key === "auditID") ? "event" : "other";
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}

function notJson(error: JsonError): BadBody {
  return new BadBody(`The body is not JSON: ${error.message}`);
}

function readRecord(received: Uint8Array, context: MapContext): ForeignRecord | Rejected {
  // Looking for secrets takes its time in so much: nothing behind the beginning of a body is kept instead.
  if (received.length > ingestLimits.record)
    return { rejected: tooLargeText(), raw: redactUnreadable(received, context) };
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
