import { by, targetName, threeSteps, timestamp, type Workflows } from "./define.ts";

/** Daybook's own: audit logs that are imported from files. */
export const importWorkflows = {
  "auditImport:creation": {
    title: "Audit Log Import",
    targetType: "auditImport",
    events: threeSteps(
      "auditImport",
      ["creating", "created", "creation-failed"],
      ["Importing", "Imported", "Failed to import"],
    ),
    captured: [
      targetName("file name"),
      by("imported by"),
      { says: "rows of the file", key: "rows", kind: "number", known: "done" },
      { says: "rows that were new", key: "added", kind: "number", known: "done" },
      { says: "rows that were known", key: "known", kind: "number", known: "done" },
      { says: "bytes of the file", key: "bytes", kind: "number", known: "done" },
      { says: "SHA-256 of the file", key: "sha256", kind: "text", known: "done" },
      { says: "import status", status: "importStatus" },
      timestamp,
    ],
  },
} as const satisfies Workflows;
