import { assetWorkflows } from "./catalog/asset-management.ts";
import type { WorkflowDefinition } from "./catalog/define.ts";
import { deploymentTokenWorkflows } from "./catalog/deployment-tokens.ts";
import { exportWorkflows } from "./catalog/exports.ts";
import { groupManagementWorkflows } from "./catalog/group-management.ts";
import { identityProviderWorkflows } from "./catalog/identity-providers.ts";
import { importWorkflows } from "./catalog/imports.ts";
import { ownAccessWorkflows } from "./catalog/own-access.ts";
import { ownUserManagementWorkflows } from "./catalog/own-user-management.ts";
import { policyWorkflows } from "./catalog/policy-management.ts";
import { recordingWorkflows } from "./catalog/recordings.ts";
import { reportingWorkflows } from "./catalog/reporting.ts";
import { restoreWorkflows } from "./catalog/restore-operations.ts";
import { sessionWorkflows } from "./catalog/sessions.ts";
import { sourceWorkflows } from "./catalog/sources.ts";
import { targetWorkflows } from "./catalog/targets.ts";
import { userAccessWorkflows } from "./catalog/user-access.ts";
import { userManagementWorkflows } from "./catalog/user-management.ts";

/**
 * What the audit log may say: the categories one filters and downloads by, the workflows in each, their events and
 * what is captured. The first eight are the source document's "Filter categories", the others Daybook's own.
 */
export const catalog = {
  "User Access": userAccessWorkflows,
  "User Management": { ...userManagementWorkflows, ...ownUserManagementWorkflows },
  "Group Management": groupManagementWorkflows,
  "Asset Management": assetWorkflows,
  "Policy Management": policyWorkflows,
  "Access & Tokens": { ...deploymentTokenWorkflows, ...ownAccessWorkflows },
  "Restore Operations": restoreWorkflows,
  Reporting: reportingWorkflows,
  Exports: exportWorkflows,
  Imports: importWorkflows,
  "Targets & Spaces": targetWorkflows,
  "Session Recordings": { ...recordingWorkflows, ...sessionWorkflows },
  Sources: sourceWorkflows,
  "Identity Providers": identityProviderWorkflows,
} as const;

export type AuditCategory = keyof typeof catalog;

export const auditCategories = Object.keys(catalog) as AuditCategory[];

type OwnTypesOf<W> = { [T in keyof W]: W[T] extends { foreign: true } ? never : T }[keyof W];

/** Of the workflows that Daybook itself writes. */
export type WorkflowType = { [C in AuditCategory]: OwnTypesOf<(typeof catalog)[C]> }[AuditCategory];

export type CatalogEntry = WorkflowDefinition & { type: string; category: AuditCategory };

const entries = new Map<string, CatalogEntry>(
  auditCategories.flatMap((category) =>
    Object.entries<WorkflowDefinition>(catalog[category]).map(([type, definition]) => [
      type,
      { ...definition, type, category },
    ]),
  ),
);

/** @returns the workflow of this type; undefined for a type that is not in the catalogue */
export function catalogEntry(type: string): CatalogEntry | undefined {
  return entries.get(type);
}

/** Every workflow, by category in the catalogue's order. */
export function catalogEntries(): CatalogEntry[] {
  return [...entries.values()];
}

/** The definition of a workflow that Daybook writes. */
export function workflowDefinition(type: WorkflowType): CatalogEntry {
  const entry = entries.get(type);
  if (!entry) throw new Error(`The catalogue has no workflow ${type}`);
  return entry;
}
