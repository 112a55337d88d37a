import "server-only";
import { z } from "zod";
import { mostSteps, type WorkflowLine, type WorkflowPage } from "@/lib/audit/workflow.ts";
import { auditHeaders } from "@/lib/audit-import/columns.ts";
import { importLimits } from "@/lib/audit-import/limits.ts";
import type { ImportOutcome } from "@/lib/audit-import/outcome.ts";
import type { ApiTokenItem } from "@/lib/auth/api-token.ts";
import { roles } from "@/lib/auth/roles.ts";
import type { CertificateLine, NewCertificate } from "@/lib/certificates/certificate.ts";
import type { DeploymentTokenLine, Paired } from "@/lib/deployment-tokens/deployment-token.ts";
import type { NewSource } from "@/lib/ingest/server/source-workflows.ts";
import type { PostResult } from "@/lib/ingest/server/store.ts";
import type { QuarantineLine, SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { recordTime } from "@/lib/logs/row-schema.ts";
import { exportFormats } from "@/lib/logs/server/export-sql.ts";
import type { ExportLine } from "@/lib/logs/server/export-state.ts";
import type { Histogram } from "@/lib/logs/server/histogram.ts";
import type { SavedViewLine } from "@/lib/logs/server/saved-views.ts";
import type { ValueCount } from "@/lib/logs/server/values.ts";
import type { Auditor, ShareLine } from "@/lib/shares/share.ts";
import type { SpaceLine, SpacePage, TargetLine, TargetPage } from "@/lib/targets/target-line.ts";

// What the API answers, beside rows. Each is checked against the type that the code answers with, so that a
// field which is renamed there fails to compile here; a test compares both with real answers.

const count = z.int().min(0);
const dateTime = z.iso.datetime();

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("One sentence for a person."),
    errors: z
      .array(z.object({ parameter: z.string(), reason: z.string() }))
      .optional()
      .describe("What is wrong with each parameter or field."),
    requestId: z.string().describe("The same as in the header x-request-id and in the server's log."),
  })
  .describe("An error after RFC 9457.");

export const auditImport = z.object({
  rows: count.describe("Rows of the file, its header apart."),
  added: count.describe("Rows that were new, or would be."),
  known: count.describe("Rows that the organization has already, with the same content."),
  bytes: count,
  sha256: z.string().length(64),
  faults: z
    .array(
      z.object({
        line: z.int().min(1),
        column: z.enum(["", ...auditHeaders]).describe("Empty where it is the row."),
        reason: z.string(),
      }),
    )
    .max(importLimits.faults + importLimits.batch * 17),
  complete: z.boolean().describe("False when there were too many faults, and the rest was not looked at."),
}) satisfies z.ZodType<ImportOutcome>;

export const me = z.object({
  kind: z.enum(["user", "api-key"]),
  id: z.uuid().describe("The user's id, or the token's."),
  name: z.string(),
  email: z.string().describe("The person's address; what the user columns of the logs hold."),
  logins: z.array(z.string()).describe("Other names of the person in those columns."),
  role: z.enum(roles),
  organization: z.object({ id: z.uuid(), name: z.string() }),
  scopes: z.array(z.string()).describe("What the caller may do."),
});

export const valueCounts = z.object({
  values: z.array(z.object({ value: z.string(), count }) satisfies z.ZodType<ValueCount>),
});

export const histogram = z.object({
  from: recordTime,
  to: recordTime,
  earlier: z
    .object({ rows: count, from: recordTime })
    .nullable()
    .describe("With `fit`: how many of the oldest rows are left out, and when the first of them was."),
  widthMs: z.int().min(1).describe("Milliseconds of a bucket."),
  buckets: z
    .array(z.object({ start: recordTime, counts: z.record(z.string(), count) }))
    .describe("Buckets that hold rows, earliest first; values outside the log's series count as `other`."),
  complete: z.boolean(),
  scannedTo: recordTime
    .nullable()
    .describe(
      "Rows at or after this time are counted, where the time allowed ran out: ask again with `to` = this.",
    ),
}) satisfies z.ZodType<Histogram>;

const workflowLine = z.object({
  id: z.uuid().describe("Of the step by which it is listed: the first that matches."),
  time: recordTime.describe("Of the same step."),
  workflowId: z.string(),
  workflowType: z.string(),
  category: z.string(),
  initiator: z.string(),
  initiatorType: z.string(),
  started: recordTime.describe("Of the first step, as category, initiator and their types."),
  ended: recordTime.describe("Of the last step so far, as the target, the status and the event."),
  durationUs: z.number().describe("Microseconds from the first step to the last."),
  target: z.string().nullable(),
  targetType: z.string().nullable(),
  operationStatus: z.string(),
  lastEventType: z.string(),
  lastDescription: z.string(),
  steps: count.max(mostSteps + 1).describe(`Not counted beyond ${mostSteps}: one more means more.`),
}) satisfies z.ZodType<WorkflowLine>;

export const workflowPage = z.object({
  rows: z.array(workflowLine),
  nextCursor: z.string().nullable().describe("`after` of the next page; null at the end of what matches."),
  complete: z.boolean().describe("False when the time allowed ran out first: ask again, more may match."),
  scannedTo: recordTime.nullable().describe("How far an incomplete page has looked."),
  position: z.string().nullable(),
}) satisfies z.ZodType<WorkflowPage>;

export const exportLine = z.object({
  id: z.uuid(),
  actorId: z.uuid(),
  log: z.string().describe("The log, or `recordings`."),
  format: z.enum([...exportFormats, "cast.zip", "text.zip"]),
  query: z.string(),
  state: z.enum(["running", "complete", "cancelled", "failed"]),
  rows: count.nullable(),
  total: count
    .nullable()
    .describe(
      "Rows that the file will have, counted in the snapshot that is copied; null where they are not.",
    ),
  bytes: count,
  sha256: z.string().nullable().describe("Of the bytes of the body, in hex; null until it is complete."),
  error: z.string().nullable(),
  startedAt: dateTime,
  finishedAt: dateTime.nullable(),
}) satisfies z.ZodType<ExportLine>;

export const savedView = z.object({
  id: z.uuid(),
  log: z.string(),
  name: z.string(),
  query: z.string().describe("The parameters of the log page."),
  shared: z.boolean().describe("With everybody of the organization."),
  mine: z.boolean(),
}) satisfies z.ZodType<SavedViewLine>;

export const source = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  settings: z.record(z.string(), z.string()),
  state: z
    .enum(["receiving", "quiet", "never", "stopped"])
    .describe("receiving: a post in the last five minutes; quiet: not for longer; stopped: it may not post."),
  tokenPrefix: z.string(),
  createdAt: recordTime,
  disabledAt: recordTime.nullable(),
  lastReceivedAt: recordTime.nullable(),
  lastRecordTime: recordTime.nullable().describe("The latest time that a record told."),
  perMinute: z.number().describe("Accepted records in the last full five minutes, per minute."),
  accepted: count,
  duplicates: count,
  skipped: count,
  quarantined: count.describe("Records that wait in quarantine now."),
}) satisfies z.ZodType<SourceHealthLine>;

export const newSource = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  token: z.string().describe("Shown in this answer and nowhere else."),
}) satisfies z.ZodType<NewSource>;

export const certificate = z.object({
  id: z.uuid(),
  name: z.string().describe("The host's, as the common name of its certificate."),
  fingerprint: z.string().describe("SHA-256 of the certificate, in upper-case hex with colons."),
  createdAt: recordTime,
  createdBy: z.string(),
  endsAt: recordTime,
  replacedBy: z.uuid().nullable().describe("The certificate that was made in its place."),
  revokedAt: recordTime.nullable(),
  lastUsedAt: recordTime.nullable(),
  refusedAt: recordTime.nullable().describe("When a connection with it was refused last."),
  refusedFor: z.string().nullable(),
  state: z.enum(["good", "replaced", "expired", "revoked"]),
}) satisfies z.ZodType<CertificateLine>;

export const newCertificate = z.object({
  id: z.uuid(),
  name: z.string(),
  fingerprint: z.string(),
  endsAt: z.iso.datetime(),
  certificate: z.string().describe("PEM."),
  key: z.string().describe("PEM. In this answer and nowhere else."),
  authority: z.string().describe("PEM: the certificate of the installation's authority."),
}) satisfies z.ZodType<NewCertificate>;

export const deploymentToken = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  settings: z.record(z.string(), z.string()),
  prefix: z.string().describe("The first characters of the token."),
  hosts: count.describe("How many hosts may pair."),
  state: z.enum(["ready", "used up", "expired"]),
  createdAt: recordTime,
  createdBy: z.string(),
  expiresAt: recordTime,
  sources: z
    .array(z.object({ id: z.uuid(), name: z.string() }))
    .describe("What hosts became by pairing, in that order."),
}) satisfies z.ZodType<DeploymentTokenLine>;

export const paired = z.object({
  source: z.object({ id: z.uuid(), name: z.string(), kind: z.string() }),
  token: z.string().describe("The source's. In this answer and nowhere else."),
  url: z.string().describe("Where the source posts its records."),
}) satisfies z.ZodType<Paired>;

export const share = z.object({
  id: z.uuid(),
  user: z.object({ id: z.uuid(), email: z.string(), name: z.string() }),
  reason: z.string(),
  until: z.iso.date().describe("The last day, in UTC."),
  createdAt: recordTime,
  createdBy: z.string(),
  revokedAt: recordTime.nullable(),
  revokedBy: z.string().nullable(),
  state: z.enum(["open", "over", "revoked"]),
}) satisfies z.ZodType<ShareLine>;

export const auditor = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  sharedOnly: z.boolean().describe("Sees only sessions that were shared with them."),
  limited: z.boolean().describe("Sees only what the groups give, shared or not."),
}) satisfies z.ZodType<Auditor>;

export const quarantined = z.object({
  id: z.uuid(),
  receivedAt: recordTime,
  reason: z.string(),
  state: z.string(),
  recordId: z.string().nullable(),
  idTaken: z
    .boolean()
    .describe("Another record of the source has its id: it can be dismissed, not replayed."),
  raw: z.string().describe("The record as received, secrets masked; its beginning where it is long."),
  rawEncoding: z.enum(["utf8", "base64"]),
  bytes: count.describe("Of the whole record."),
}) satisfies z.ZodType<QuarantineLine>;

const space = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  firstSeen: recordTime.describe("When the first record that names it was received."),
}) satisfies z.ZodType<SpaceLine>;

const target = space.extend({ kind: z.string() }) satisfies z.ZodType<TargetLine>;
const nextCursor = z.string().nullable().describe("`after` of the next page; null at the end.");

export const targetPage = z.object({ targets: z.array(target), nextCursor }) satisfies z.ZodType<TargetPage>;
export const spacePage = z.object({ spaces: z.array(space), nextCursor }) satisfies z.ZodType<SpacePage>;

export const apiToken = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().describe("The first characters of the token."),
  scopes: z.array(z.string()),
  createdAt: dateTime,
  expiresAt: dateTime.nullable().describe("Null: never."),
  lastUsedAt: dateTime.nullable(),
  revokedAt: dateTime.nullable(),
  expired: z.boolean(),
  owner: z.object({ email: z.string(), name: z.string() }),
  own: z.boolean(),
  revocable: z.boolean().describe("Whether the caller may revoke it."),
}) satisfies z.ZodType<ApiTokenItem>;

export const newToken = z.object({
  id: z.uuid(),
  token: z.string().describe("Shown in this answer and nowhere else."),
});

export const ingestResult = z.object({
  accepted: count.describe("Records that became rows, on disk before this answer."),
  duplicates: count.describe("Records that were stored before."),
  quarantined: count.describe(
    "Records that could not be understood, or have the id of another; kept with the reason.",
  ),
  skipped: count.describe("Records that were understood and make no row."),
  requestId: z.string(),
}) satisfies z.ZodType<PostResult>;
