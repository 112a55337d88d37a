import { z } from "zod";
import {
  accessMethods,
  connectionEventTypes,
  connectionKinds,
  initiatorTypes,
  kubernetesStages,
  operationStatuses,
  requestKinds,
  requestOutcomes,
} from "./enumerations.ts";

/**
 * What a kind maps a foreign record to: one draft per row of a log. The store adds id, organization,
 * receipt, source, order and the raw bytes. Texts keep what the source said; the store replaces NUL,
 * which PostgreSQL cannot hold, by U+2400.
 */

/** UTC with at most microseconds, as in `2026-11-21T08:45:32.506784Z`. */
const INSTANT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/;

export const instant = z.string().refine(isInstant, "must be a UTC time such as 2026-11-21T08:45:32.506784Z");

/** Whether the text is a real calendar time in the form {@link instant} asks for (31 February is not). */
export function isInstant(text: string): boolean {
  if (!INSTANT.test(text)) return false;
  const seconds = text.slice(0, 19);
  const date = new Date(`${seconds}Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(seconds);
}

const name = z.string().min(1).max(1024);
const long = z.string().max(65_536);
const commandText = z.string().max(1_048_576);
const address = z.string().max(256);
const port = z.int().min(0).max(65_535);
/** The source's own name for a connection; together with the source it gives Daybook's connection id. */
const connectionRef = z.string().min(1).max(1024);
const json = z.json();
/** In either case: it is kept as it is written. */
const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "must be a UUID");

export const commandDraft = z.strictObject({
  time: instant,
  user: name,
  target: name,
  targetUser: name.optional(),
  command: commandText,
  space: name.optional(),
  connectionRef: connectionRef.optional(),
  outcome: z.enum(["accepted", "rejected"]).default("accepted"),
  reason: long.optional(),
  exitCode: z.int().min(-2147483648).max(2147483647).optional(),
  /** `reported` by the source itself, or `inferred` by Daybook. */
  origin: z.enum(["reported", "inferred"]).default("reported"),
  clientAddress: address.optional(),
  workingDirectory: long.optional(),
  /** Milliseconds into the recording of the connection. */
  offsetMs: z.int().min(0).optional(),
});

export const kubernetesApiCallDraft = z.strictObject({
  /** requestReceivedTimestamp: the same for every stage of one call. */
  time: instant,
  auditId: name,
  stage: z.enum(kubernetesStages),
  user: name,
  groups: z.array(name).max(1000).optional(),
  impersonatedUser: name.optional(),
  /** Who the request runs as: the impersonated user, else the first groups that say something. */
  targetUser: name.optional(),
  cluster: name,
  namespace: name.optional(),
  resource: name.optional(),
  subresource: name.optional(),
  name: name.optional(),
  apiGroup: name.optional(),
  verb: name,
  accessMethod: z.enum(accessMethods),
  status: z.int().min(0).max(999).optional(),
  durationUs: z.int().min(0).optional(),
  requestUri: commandText,
  userAgent: long.optional(),
  clientAddress: address.optional(),
  /** The command of an exec, decoded from the request URI. */
  command: commandText.optional(),
  decision: name.optional(),
  reason: long.optional(),
  connectionRef: connectionRef.optional(),
});

export const connectionEventDraft = z.strictObject({
  time: instant,
  user: name,
  connectionRef,
  event: z.enum(connectionEventTypes),
  /** `denied` for an attempt that was refused. */
  outcome: z.enum(["allowed", "denied"]).default("allowed"),
  space: name.optional(),
  targetUser: name.optional(),
  target: name,
  cause: long.optional(),
  kind: z.enum(connectionKinds),
  clientAddress: address.optional(),
  clientPort: port.optional(),
  clientSoftware: long.optional(),
  /** Where the client was, as the source knows it. */
  city: name.optional(),
  country: name.optional(),
});

/** What was asked within a session: a query of a database, or an HTTP request. */
export const sessionRequestDraft = z.strictObject({
  /** When it was asked. */
  time: instant,
  user: name,
  target: name,
  targetUser: name.optional(),
  space: name.optional(),
  connectionRef,
  kind: z.enum(requestKinds),
  /**
   * `whole`: all there is to tell. `start` and `end` are two lines about one request, which `place` leads to each
   * other: an end belongs to the start before it.
   */
  part: z.enum(["whole", "start", "end"]).default("whole"),
  /** Where the line stands among those of its session, as the source counts them. */
  place: z.int().min(0).optional(),
  method: name.optional(),
  /** The query's text, or the path and query string; empty for an end that does not repeat it. */
  request: commandText,
  parameters: commandText.optional(),
  /** `started`: the source told that it began, and not how it ended. */
  outcome: z.enum(requestOutcomes),
  /** Of HTTP. */
  status: z.int().min(0).max(999).optional(),
  /** Of a failed query: the SQLSTATE. */
  code: name.optional(),
  error: long.optional(),
  durationUs: z.int().min(0).optional(),
  rowCount: z.int().min(0).optional(),
  /** Of the answer. */
  bytes: z.int().min(0).optional(),
  database: name.optional(),
  host: name.optional(),
  clientAddress: address.optional(),
  clientSoftware: long.optional(),
  referrer: commandText.optional(),
});

export const userEventDraft = z.strictObject({
  time: instant,
  user: name,
  actorType: z.enum(["user", "api-key", "source", "service-account", "system", "anonymous"]).default("user"),
  /** Of the API key a request was made with, else of the person. */
  actorId: name.optional(),
  /** The API key's name. */
  actorName: name.optional(),
  action: name,
  resource: commandText,
  outcome: z.enum(["success", "failure", "denied"]),
  status: z.int().min(0).max(999).optional(),
  clientAddress: address.optional(),
  userAgent: long.optional(),
  durationUs: z.int().min(0).optional(),
  requestId: name.optional(),
  count: z.int().min(1).max(2147483647).default(1),
});

/** Fields of an audit event that hold words of the catalogue, which it is held against elsewhere. */
export const auditWords = {
  category: z.string().min(1).max(1024),
  workflowType: z.string().min(1).max(1024),
  eventType: z.string().min(1).max(1024),
  targetType: z.string().min(1).max(1024),
};

export const auditEventDraft = z.strictObject({
  time: instant,
  eventId: uuid.optional(),
  tenantId: uuid.optional(),
  category: auditWords.category.optional(),
  workflowId: uuid,
  workflowType: auditWords.workflowType,
  eventType: auditWords.eventType,
  eventDescription: long.default(""),
  initiator: name,
  initiatorType: z.enum(initiatorTypes),
  initiatorId: name.optional(),
  target: long.optional(),
  targetType: auditWords.targetType.optional(),
  targetId: name.optional(),
  operationStatus: z.enum(operationStatuses),
  customValues: json.optional(),
  originalState: json.optional(),
  updatedState: json.optional(),
});

/** The record tables by the slug of the log they fill. */
export const drafts = {
  commands: commandDraft,
  "kubernetes-api-calls": kubernetesApiCallDraft,
  "connection-events": connectionEventDraft,
  "session-requests": sessionRequestDraft,
  "user-events": userEventDraft,
  "audit-log": auditEventDraft,
} as const;

export type RecordLog = keyof typeof drafts;
export type DraftOf<L extends RecordLog> = z.output<(typeof drafts)[L]>;

/**
 * `once` names what the row tells, within its source. Two records may tell the same thing, and either may never
 * come: the start of a connection is in the second stage of a Kubernetes call and in the last. The store keeps
 * the row whose record came first and leaves out later ones with the same `once`.
 */
export type RowDraft = {
  [L in RecordLog]: { log: L; row: DraftOf<L>; once?: string; json?: JsonTexts };
}[RecordLog];

/** JSON columns of an audit event whose text is stored as it is written. */
export type JsonTexts = { [field in "customValues" | "originalState" | "updatedState"]?: string };
