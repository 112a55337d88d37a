import "server-only";
import { z } from "zod";
import { catalogEntries } from "@/lib/audit/catalog.ts";
import { tokenWish } from "@/lib/auth/api-token.ts";
import { codeWish, proofWish } from "@/lib/auth/second-factor-wish.ts";
import { signInPolicyChange } from "@/lib/auth/sign-in-policy-change.ts";
import { certificateRenewal, certificateWish } from "@/lib/certificates/certificate-wish.ts";
import { deploymentTokenWish, pairWish } from "@/lib/deployment-tokens/deployment-token-wish.ts";
import { groupChange, groupWish, memberWish, userScopeWish } from "@/lib/groups/group-wish.ts";
import { ingestKinds } from "@/lib/ingest/kinds.ts";
import { auditWords, drafts, instant, type RecordLog } from "@/lib/ingest/rows.ts";
import { recordResolution, sourceChange, tokenRenewal } from "@/lib/ingest/source-change.ts";
import { sourceWish } from "@/lib/ingest/source-wish.ts";
import { killReport } from "@/lib/kills/kill-report.ts";
import { exportRowSchema, recordTime, rowSchema } from "@/lib/logs/row-schema.ts";
import { savedViewWish } from "@/lib/logs/server/saved-views.ts";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import { connectionHappened, connectionWish } from "@/lib/recordings/connection-wish.ts";
import { deviceClaim } from "@/lib/recordings/device.ts";
import { retentionChange } from "@/lib/retention/retention-change.ts";
import { sessionChange } from "@/lib/sessions/session-log.ts";
import { shareWish } from "@/lib/shares/share-wish.ts";
import { providerChange, providerProbe, providerWish } from "@/lib/sso/provider-wish.ts";
import { targetChange } from "@/lib/targets/target-change.ts";
import { userChange, userWish } from "@/lib/users/user-wish.ts";
import type { Schema } from "../operation.ts";
import * as access from "./access-answers.ts";
import * as answers from "./answers.ts";
import * as providers from "./provider-answers.ts";
import * as recordings from "./recording-answers.ts";
import * as sessions from "./session-answers.ts";
import * as signIn from "./sign-in-answers.ts";
import * as users from "./user-answers.ts";

export const logSlugs = Object.keys(logViews) as LogSlug[];

/** `kubernetes-api-calls` as the beginning of a name: `KubernetesApiCalls`. */
export function pascal(slug: string): string {
  return slug.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Every named schema: what people and programs send, and what they get. */
function namedSchemas(): { [name: string]: z.ZodType } {
  return {
    Problem: answers.problem,
    Me: answers.me,
    AuditImport: answers.auditImport,
    ValueCounts: answers.valueCounts,
    Histogram: answers.histogram,
    Export: answers.exportLine,
    WorkflowPage: answers.workflowPage,
    SavedView: answers.savedView,
    SavedViews: z.object({ savedViews: z.array(answers.savedView) }),
    SavedViewWish: savedViewWish,
    Source: answers.source,
    Sources: z.object({ sources: z.array(answers.source) }),
    SourceWish: sourceWish,
    SourceChange: sourceChange,
    TokenRenewal: tokenRenewal,
    NewSource: answers.newSource,
    DeploymentTokens: z.object({ deploymentTokens: z.array(answers.deploymentToken) }),
    DeploymentTokenWish: deploymentTokenWish,
    NewDeploymentToken: answers.newToken,
    PairWish: pairWish,
    Paired: answers.paired,
    Share: answers.share,
    Shares: z.object({ shares: z.array(answers.share), auditors: z.array(answers.auditor) }),
    ShareWish: shareWish,
    IdentityProvider: providers.provider,
    IdentityProviders: z.object({ providers: z.array(providers.provider) }),
    IdentityProviderWish: providerWish,
    IdentityProviderChange: providerChange,
    IdentityProviderProbe: providerProbe,
    IdentityProviderTest: providers.providerTest,
    ProvisioningToken: providers.provisioningToken,
    Certificates: z.object({ certificates: z.array(answers.certificate) }),
    CertificateWish: certificateWish,
    CertificateRenewal: certificateRenewal,
    NewCertificate: answers.newCertificate,
    QuarantinedRecords: z.object({ records: z.array(answers.quarantined) }),
    RecordResolution: recordResolution,
    Resolved: z.object({ rows: z.int().min(0).describe("Rows that the record became.") }),
    TargetPage: answers.targetPage,
    SpacePage: answers.spacePage,
    TargetChange: targetChange,
    ApiTokens: z.object({ tokens: z.array(answers.apiToken) }),
    ApiTokenWish: tokenWish,
    NewApiToken: answers.newToken,
    SecondFactor: signIn.secondFactor,
    NewSecret: signIn.newSecret,
    Code: codeWish,
    Proof: proofWish,
    RecoveryCodes: signIn.recoveryCodes,
    OwnSessions: signIn.ownSessions,
    EndedSessions: signIn.endedSessions,
    SignInPolicy: signIn.signInPolicy,
    SignInPolicyChange: signInPolicyChange,
    IngestResult: answers.ingestResult,
    Recording: recordings.recording,
    RecordingPage: recordings.recordingPage,
    ArchiveCount: recordings.archiveCount,
    Retention: recordings.retention,
    RetentionChange: retentionChange,
    RecordedPeople: recordings.recordedPeople,
    RecordingHits: recordings.recordingHits,
    Playback: recordings.playback,
    PlayerIndex: recordings.playerIndex,
    ScreenPicture: recordings.screenPicture,
    RecordingSegment: recordings.segment,
    Devices: recordings.devices,
    DeviceClaim: deviceClaim,
    DeviceClaimed: recordings.claimed,
    Kill: sessions.kill,
    KillReport: killReport,
    SessionLog: sessions.session,
    SessionPage: sessions.sessionPage,
    SessionChange: sessionChange,
    ConnectionWish: connectionWish,
    OpenedConnection: sessions.opened,
    ConnectionHappened: connectionHappened,
    ToldEvent: sessions.told,
    DeletedTarget: sessions.deletedTarget,
    User: users.user,
    UserPage: users.userPage,
    UserWish: userWish,
    UserChange: userChange,
    Invitation: users.invitation,
    DeletedUser: users.deletedUser,
    Group: access.group,
    Groups: z.object({ groups: z.array(access.groupLine) }),
    GroupWish: groupWish,
    GroupChange: groupChange,
    MemberWish: memberWish,
    UserScopeWish: userScopeWish,
    AccessPage: access.accessPage,
    ...Object.assign({}, ...logSlugs.map(logSchemas)),
    ...nativeRecords(),
  };
}

function logSchemas(slug: LogSlug): { [name: string]: z.ZodType } {
  const name = pascal(slug);
  const view = logView(slug);
  const row = rowSchema(view).describe(view.description);
  const source = z.object({ id: z.uuid(), name: z.string(), kind: z.string() });
  return {
    [`${name}Row`]: row,
    [`${name}ExportRow`]: exportRowSchema(view),
    [`${name}Page`]: z.object({
      rows: z.array(row),
      nextCursor: z
        .string()
        .nullable()
        .describe("`after` of the next page; null at the end of what matches."),
      complete: z.boolean().describe("False when the time allowed ran out first: ask again, more may match."),
      scannedTo: recordTime.nullable().describe("How far an incomplete page has looked."),
      position: z
        .string()
        .nullable()
        .describe("`since` of live rows that miss nothing; null but for a first page."),
    }),
    [`${name}RowDetail`]: z.object({
      row,
      raw: z.string().nullable().describe("The record as received, secrets masked; null for a projection."),
      rawEncoding: z.enum(["utf8", "base64"]).nullable(),
      source: source.nullable(),
      receivedAt: recordTime.nullable(),
      stages: z.array(row).describe("All stages of the same thing, where the log shows only the furthest."),
    }),
  };
}

/** Fields of a Kubernetes API call that the native kind fills in where a line leaves them out. */
const filledIn = { auditId: true, stage: true, cluster: true, accessMethod: true } as const;

/** A line of the native kind for each log that takes records. */
function nativeRecords(): { [name: string]: z.ZodType } {
  const shapes = { ...drafts, "kubernetes-api-calls": drafts["kubernetes-api-calls"].partial(filledIn) };
  const records = (Object.keys(shapes) as RecordLog[]).map((log): [string, z.ZodType] => {
    const id = z.string().min(1).optional().describe("The record's id at its source.");
    return [`${pascal(log)}Record`, shapes[log].extend({ log: z.literal(log), id })];
  });
  return { ...Object.fromEntries(records), NativeRecord: z.union(records.map(([, schema]) => schema)) };
}

/** The workflows that other products may tell of. */
const foreignWorkflows = catalogEntries().filter(({ foreign }) => foreign);
const unique = (words: string[]): Schema => ({ enum: [...new Set(words)] });

/** What zod checks by a function, in the words of JSON Schema. */
const inWords = new Map<unknown, Schema>([
  [auditWords.category, unique(foreignWorkflows.map(({ category }) => category))],
  [auditWords.workflowType, unique(foreignWorkflows.map(({ type }) => type))],
  [
    auditWords.eventType,
    unique(foreignWorkflows.flatMap(({ events }) => Object.values(events).map(({ type }) => type))),
  ],
  [auditWords.targetType, unique(foreignWorkflows.map(({ targetType }) => targetType))],
  [instant, { format: "date-time", examples: ["2026-11-21T08:45:32.506784Z"] }],
  [savedViewWish.shape.log, { enum: logSlugs }],
  [sourceWish.in.shape.kind, { enum: ingestKinds.map(({ name }) => name) }],
]);

const json = "Json";

/** The schemas of `components`, by name; references lead from one to the other. */
export function componentSchemas(): { [name: string]: Schema } {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas())) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    // What is sent may leave out what has a default; answers have none.
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      Object.assign(jsonSchema, inWords.get(zodSchema));
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { __shared: shared, ...named } = JSON.parse(JSON.stringify(schemas), renamed) as {
    [name: string]: Schema & { $defs?: { [name: string]: Schema } };
  };
  const shapes = new Set(Object.values(shared?.$defs ?? {}).map((shape) => JSON.stringify(shape)));
  // Only the schema of any JSON value refers to itself, and it looks the same wherever it stands.
  const [recursive = "{}", ...others] = shapes;
  if (others.length > 0) throw new Error("The OpenAPI document has recursive schemas without a name");
  for (const schema of Object.values(named)) {
    delete (schema as { $id?: unknown }).$id;
    delete (schema as { $schema?: unknown }).$schema;
  }
  return { ...named, [json]: JSON.parse(recursive) as Schema };
}

function renamed(key: string, value: unknown): unknown {
  return key === "$ref" && typeof value === "string"
    ? value.replace(/^#\/components\/schemas\/__shared#\/\$defs\/.*/, `#/components/schemas/${json}`)
    : value;
}
