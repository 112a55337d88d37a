import { by, timestamp, type Workflows } from "./define.ts";

/** Daybook's own: exports. */
export const exportWorkflows = {
  "export:creation": {
    title: "Export Creation",
    targetType: "export",
    events: {
      attempting: { type: "export:creating", says: "Exporting" },
      done: { type: "export:created", says: "Exported" },
      failed: { type: "export:creation-failed", says: "Failed to export" },
    },
    captured: [
      by("exported by"),
      { says: "log", key: "log", kind: "text" },
      { says: "format", key: "format", kind: "text" },
      { says: "query", key: "query", kind: "text" },
      {
        says: "event category of an audit log’s download",
        key: "category",
        kind: "text",
        known: "sometimes",
      },
      { says: "From Date of it", key: "from", kind: "text", known: "sometimes" },
      { says: "To Date of it", key: "to", kind: "text", known: "sometimes" },
      { says: "rows", key: "rows", kind: "number", known: "sometimes" },
      { says: "bytes", key: "bytes", kind: "number", known: "sometimes" },
      { says: "SHA-256 of the file", key: "sha256", kind: "text", known: "sometimes" },
      timestamp,
    ],
  },
} as const satisfies Workflows;
