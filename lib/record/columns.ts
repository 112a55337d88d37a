import type { DraftOf, JsonTexts, RecordLog } from "@/lib/ingest/rows.ts";

/** PostgreSQL types that the record's own columns use. */
export type SqlType = "text" | "int4" | "int8" | "int2" | "uuid" | "json" | "timestamptz" | "bytea";

/** What the store adds to a draft before it becomes a row. */
export type Resolved = {
  connectionId?: string;
  commandId?: string;
  placeSource?: string;
  /** Of a request told in two lines: what both share, and which of them is shown. */
  requestKey?: string;
  stageRank?: number;
  /** Stored in place of the draft's values. */
  json?: JsonTexts;
};

type Fields<L extends RecordLog> = {
  [K in Exclude<keyof DraftOf<L>, "time" | "connectionRef"> & string]: SqlType;
};

/**
 * The columns of each record table beside those that every record has, in the order of the table. A draft's
 * field without a column here fails to compile.
 */
export const recordColumns = {
  commands: {
    user: "text",
    target: "text",
    targetUser: "text",
    command: "text",
    space: "text",
    connectionId: "uuid",
    outcome: "text",
    reason: "text",
    exitCode: "int4",
    origin: "text",
    clientAddress: "text",
    workingDirectory: "text",
    offsetMs: "int8",
  },
  "kubernetes-api-calls": {
    auditId: "text",
    stage: "text",
    stageRank: "int2",
    user: "text",
    groups: "text",
    impersonatedUser: "text",
    targetUser: "text",
    cluster: "text",
    namespace: "text",
    resource: "text",
    subresource: "text",
    name: "text",
    apiGroup: "text",
    verb: "text",
    accessMethod: "text",
    status: "int4",
    outcome: "text",
    durationUs: "int8",
    requestUri: "text",
    userAgent: "text",
    clientAddress: "text",
    command: "text",
    decision: "text",
    reason: "text",
    commandId: "uuid",
    connectionId: "uuid",
  },
  "connection-events": {
    user: "text",
    connectionId: "uuid",
    connectionRef: "text",
    event: "text",
    outcome: "text",
    space: "text",
    targetUser: "text",
    target: "text",
    cause: "text",
    kind: "text",
    clientAddress: "text",
    clientPort: "int4",
    clientSoftware: "text",
    city: "text",
    country: "text",
    placeSource: "text",
  },
  "session-requests": {
    user: "text",
    target: "text",
    targetUser: "text",
    space: "text",
    connectionId: "uuid",
    kind: "text",
    part: "text",
    stageRank: "int2",
    requestKey: "text",
    place: "int8",
    method: "text",
    request: "text",
    parameters: "text",
    outcome: "text",
    status: "int4",
    code: "text",
    error: "text",
    durationUs: "int8",
    rowCount: "int8",
    bytes: "int8",
    database: "text",
    host: "text",
    clientAddress: "text",
    clientSoftware: "text",
    referrer: "text",
  },
  "user-events": {
    user: "text",
    actorType: "text",
    actorId: "text",
    action: "text",
    resource: "text",
    outcome: "text",
    status: "int4",
    clientAddress: "text",
    userAgent: "text",
    durationUs: "int8",
    requestId: "text",
    count: "int4",
    actorName: "text",
  },
  "audit-log": {
    eventId: "text",
    tenantId: "text",
    category: "text",
    workflowId: "text",
    workflowType: "text",
    eventType: "text",
    eventDescription: "text",
    initiator: "text",
    initiatorType: "text",
    initiatorId: "text",
    target: "text",
    targetType: "text",
    targetId: "text",
    operationStatus: "text",
    customValues: "json",
    originalState: "json",
    updatedState: "json",
  },
} as const satisfies { [L in RecordLog]: Fields<L> & { [column: string]: SqlType } };

/** The table of each log of the record. */
export const recordTables = {
  commands: "commands",
  "kubernetes-api-calls": "kubernetes_api_calls",
  "connection-events": "connection_events",
  "session-requests": "session_requests",
  "user-events": "user_events",
  "audit-log": "audit_events",
} as const satisfies { [L in RecordLog]: string };

/** The SQL name of a field: snake case, `user` being `user_name`, for `user` is a reserved word. */
export function sqlName(field: string): string {
  return field === "user" ? "user_name" : field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
