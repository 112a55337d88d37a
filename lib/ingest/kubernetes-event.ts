import { z } from "zod";
import { kubernetesStages } from "@/lib/ingest/enumerations.ts";
import { issuesText } from "@/lib/ingest/issues.ts";
import { instantOf, microsBetween } from "@/lib/ingest/rfc3339.ts";

const text = z.string().nullish();

/**
 * The parts of an audit event that rows are made of, in `audit.k8s.io/v1` and the forms before it, which have
 * `timestamp` and `metadata` besides. Bodies are left out: they are in the raw record.
 */
const eventSchema = z.object({
  auditID: z.string().min(1),
  stage: z.enum(kubernetesStages),
  requestURI: z.string().min(1),
  verb: z.string().min(1),
  user: z.object({ username: text, uid: text, groups: z.array(z.string()).nullish() }).nullish(),
  impersonatedUser: z.object({ username: text }).nullish(),
  sourceIPs: z.array(z.string()).nullish(),
  userAgent: text,
  objectRef: z
    .object({ resource: text, namespace: text, name: text, apiGroup: text, subresource: text })
    .nullish(),
  responseStatus: z.object({ code: z.int().min(0).max(999).nullish(), message: text }).nullish(),
  requestReceivedTimestamp: text,
  stageTimestamp: text,
  timestamp: text,
  metadata: z.object({ creationTimestamp: text }).nullish(),
  annotations: z
    .object({ "authorization.k8s.io/decision": text, "authorization.k8s.io/reason": text })
    .nullish(),
});

/** The members of an event that {@link readKubernetesEvent} asks for; others need not be parsed. */
export const eventMembers: ReadonlySet<string> = new Set(Object.keys(eventSchema.shape));

type RawEvent = z.output<typeof eventSchema>;

/** An audit event, empty texts as undefined, times in the record's form. */
export type KubernetesEvent = {
  auditId: string;
  stage: (typeof kubernetesStages)[number];
  requestUri: string;
  verb: string;
  /** Undefined when nobody was authenticated. */
  user: string | undefined;
  userId: string | undefined;
  groups: string[];
  impersonatedUser: string | undefined;
  /** The peer of the API server: the entries before the last are what clients claim. */
  clientAddress: string | undefined;
  userAgent: string | undefined;
  resource: string | undefined;
  subresource: string | undefined;
  apiGroup: string | undefined;
  namespace: string | undefined;
  name: string | undefined;
  status: number | undefined;
  message: string | undefined;
  decision: string | undefined;
  reason: string | undefined;
  received: string;
  /** When the stage was reached; when the request was received, where the event does not say. */
  reached: string;
  /** From receipt to the end, of a stage that is the end. */
  durationUs: number | undefined;
};

/** Reads an event, or says what is wrong with it as `field: reason`. */
export function readKubernetesEvent(value: unknown): KubernetesEvent | { rejected: string } {
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) return { rejected: issuesText(parsed.error) };
  const event = parsed.data;
  const received = receivedAt(event);
  if ("rejected" in received) return received;
  const reached = timeOf("stageTimestamp", event.stageTimestamp);
  if (reached !== undefined && "rejected" in reached) return reached;
  const duration = reached === undefined ? undefined : microsBetween(received.time, reached.time);
  const ended = event.stage === "ResponseComplete" || event.stage === "Panic";
  const { objectRef, responseStatus, annotations } = event;
  return {
    auditId: event.auditID,
    stage: event.stage,
    requestUri: event.requestURI,
    verb: event.verb,
    user: some(event.user?.username),
    userId: some(event.user?.uid),
    groups: (event.user?.groups ?? []).filter((group) => group !== ""),
    impersonatedUser: some(event.impersonatedUser?.username),
    clientAddress: some(event.sourceIPs?.at(-1)),
    userAgent: some(event.userAgent),
    resource: some(objectRef?.resource),
    subresource: some(objectRef?.subresource),
    apiGroup: some(objectRef?.apiGroup),
    namespace: some(objectRef?.namespace),
    name: some(objectRef?.name),
    status: responseStatus?.code || undefined,
    message: some(responseStatus?.message),
    decision: some(annotations?.["authorization.k8s.io/decision"]),
    reason: some(annotations?.["authorization.k8s.io/reason"]),
    received: received.time,
    reached: reached?.time ?? received.time,
    // A clock that was set back in between tells nothing.
    durationUs: ended && duration !== undefined && duration >= 0 ? duration : undefined,
  };
}

/** Old forms have no requestReceivedTimestamp; their other times are whole seconds. */
function receivedAt(event: RawEvent): { time: string } | { rejected: string } {
  const found =
    timeOf("requestReceivedTimestamp", event.requestReceivedTimestamp) ??
    timeOf("timestamp", event.timestamp) ??
    timeOf("stageTimestamp", event.stageTimestamp) ??
    timeOf("metadata.creationTimestamp", event.metadata?.creationTimestamp);
  return found ?? { rejected: "requestReceivedTimestamp: missing" };
}

function timeOf(
  field: string,
  value: string | null | undefined,
): { time: string } | { rejected: string } | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  const time = instantOf(value);
  return time === undefined ? { rejected: `${field}: must be an RFC 3339 time` } : { time };
}

function some(value: string | null | undefined): string | undefined {
  return value === null || value === "" ? undefined : value;
}
