import type { Workflows } from "./define.ts";

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
    captured: [],
  },
} as const satisfies Workflows;
