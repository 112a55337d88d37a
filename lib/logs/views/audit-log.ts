import { auditCategories, catalogEntries } from "@/lib/audit/catalog.ts";
import type { AuditEvent } from "@/lib/generated/prisma/client.ts";
import { initiatorTypes, operationStatuses } from "@/lib/ingest/enumerations.ts";
import { defineLogView } from "../define.ts";
import { name, oneOf, text } from "../filters.ts";

/** The 17 columns of the audit log, headers and order as its source document prints them. */
export const auditLog = defineLogView<AuditEvent>()({
  slug: "audit-log",
  title: "Audit log",
  description:
    "A step of a workflow that changed users, groups, tokens, policies or another part of a tenant.",
  table: "audit_events",
  columns: {
    eventId: { header: "Id", cell: "id", hidden: true },
    tenantId: { header: "TenantId", cell: "id", hidden: true },
    time: { header: "Timestamp", cell: "time" },
    workflowId: { header: "WorkflowId", cell: "id" },
    workflowType: { header: "WorkflowType", cell: "text" },
    eventType: { header: "EventType", cell: "text" },
    eventDescription: { header: "EventDescription", cell: "text" },
    initiator: { header: "Initiator", cell: "text" },
    initiatorType: { header: "InitiatorType", cell: "badge", hidden: true },
    initiatorId: { header: "InitiatorId", cell: "id", hidden: true },
    target: { header: "Target", cell: "text" },
    targetType: { header: "TargetType", cell: "badge", hidden: true },
    targetId: { header: "TargetId", cell: "id", hidden: true },
    operationStatus: { header: "OperationStatus", cell: "badge" },
    customValues: { header: "CustomValues", cell: "json", hidden: true },
    originalState: { header: "OriginalState", cell: "json", hidden: true },
    updatedState: { header: "UpdatedState", cell: "json", hidden: true },
  },
  filters: {
    q: text(["eventDescription"], "Description"),
    category: { ...name("category", "Category"), known: auditCategories },
    initiator: name("initiator", "Initiator"),
    target: name("target", "Target"),
    workflowType: {
      ...name("workflowType", "Workflow type"),
      known: catalogEntries().map(({ type }) => type),
    },
    eventType: {
      ...name("eventType", "Event type"),
      known: catalogEntries().flatMap(({ events }) => Object.values(events).map(({ type }) => type)),
    },
    workflow: { kind: "name", column: "workflowId", label: "Workflow" },
    operationStatus: oneOf("operationStatus", "Result", operationStatuses),
    initiatorType: oneOf("initiatorType", "Initiator type", initiatorTypes),
    targetId: { kind: "name", column: "targetId", label: "Target id" },
  },
  series: { column: "operationStatus", values: operationStatuses },
  indexed: ["category", "workflowId"],
  links: [{ label: "Workflow", view: "audit-log", filter: "workflow", column: "workflowId" }],
});
