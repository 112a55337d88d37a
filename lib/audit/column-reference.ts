import { initiatorTypes, operationStatuses } from "@/lib/ingest/enumerations.ts";

export type ColumnReference = { column: string; description: string; type: string; notes: string };

/** TargetType's values as the source document prints them; Daybook's own target types come beside them. */
export const printedTargetTypes = [
  "user",
  "organization",
  "scope",
  "globalScope",
  "userScope",
  "k1Scope",
  "epbAsset",
  "ebpPolicy",
  "ebpPolicyThreshold",
  "epbRestore",
  "epbReport",
  "deploymentToken",
  "cooperbotK1AccessGroups",
  "cooperbotK1User",
] as const;

const values = (words: readonly string[]): string => `Values: ${words.join(", ")}`;

/** The source document's "Audit log column reference", in its words. */
export const columnReference: readonly ColumnReference[] = [
  ["Id", "Unique identifier for the audit event", "UUID", "Used to correlate events across systems or logs"],
  [
    "TenantId",
    "Identifier of the tenant that owns this event",
    "UUID",
    "Used to correlate events across tenants",
  ],
  ["Timestamp", "Date and time when the event occurred", "ISO‑8601 timestamp", "Stored in UTC"],
  [
    "WorkflowId",
    "Correlation ID linking related events across a business process",
    "UUID",
    "Groups related events (e.g., all steps of a user creation)",
  ],
  [
    "WorkflowType",
    "Type/category of the workflow",
    "String",
    "Examples: user:creation, scope:create, epbpolicy:update",
  ],
  [
    "EventType",
    "Specific event within the workflow",
    "String",
    "Examples: user:creating, user:created, user:creation-failed",
  ],
  ["EventDescription", "Human-readable description of the event", "String", ""],
  [
    "Initiator",
    "Identity that initiated the action",
    "String",
    "User email, service name, or “K1” for external systems",
  ],
  ["InitiatorType", "Type of the initiator", "String", values(initiatorTypes)],
  [
    "InitiatorId",
    "Unique identifier of the initiator",
    "String",
    "May map to a user ID, service account, or internal identifier",
  ],
  [
    "Target",
    "Name or description of the target entity",
    "String",
    "Examples: user email, scope name, policy name",
  ],
  ["TargetType", "Type of object affected by the action", "String", values(printedTargetTypes)],
  [
    "TargetId",
    "Unique identifier of the target entity",
    "String",
    "Used with TargetType to pinpoint the affected entity",
  ],
  ["OperationStatus", "Status of the operation", "String", values(operationStatuses)],
  [
    "CustomValues",
    "Additional event-specific data",
    "JSON",
    "Contains input parameters, contextual information",
  ],
  [
    "OriginalState",
    "State of the target before the operation",
    "JSON",
    "Useful for audit trails showing what changed",
  ],
  [
    "UpdatedState",
    "State of the target after the operation",
    "JSON",
    "Useful for audit trails showing what changed",
  ],
].map(([column = "", description = "", type = "", notes = ""]) => ({ column, description, type, notes }));
