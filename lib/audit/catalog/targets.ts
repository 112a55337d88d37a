import { by, newValues, previousValues, targetName, timestamp, type Workflows, why } from "./define.ts";

/** Daybook's own: targets and spaces. */
export const targetWorkflows = {
  "target:update": {
    title: "Target Update",
    targetType: "target",
    events: {
      attempting: { type: "target:updating", says: "Updating target" },
      done: { type: "target:updated", says: "Updated target" },
      failed: { type: "target:update-failed", says: "Failed to update target" },
    },
    captured: [targetName("target name"), by("updated by"), previousValues, newValues, timestamp],
  },
  "target:deletion": {
    title: "Target Deletion",
    targetType: "target",
    events: {
      attempting: { type: "target:deleting", says: "Deleting target" },
      done: { type: "target:deleted", says: "Deleted target" },
      failed: { type: "target:deletion-failed", says: "Failed to delete target" },
    },
    captured: [
      targetName("target name"),
      by("deleted by"),
      why,
      {
        says: "connections whose hosts were told to end them",
        key: "connectionsTold",
        kind: "number",
        known: "done",
      },
      {
        says: "connections closed in the record alone",
        key: "connectionsClosed",
        kind: "number",
        known: "done",
      },
      previousValues,
      newValues,
      timestamp,
    ],
  },
  "space:update": {
    title: "Space Update",
    targetType: "space",
    events: {
      attempting: { type: "space:updating", says: "Updating space" },
      done: { type: "space:updated", says: "Updated space" },
      failed: { type: "space:update-failed", says: "Failed to update space" },
    },
    captured: [targetName("space name"), by("updated by"), previousValues, newValues, timestamp],
  },
} as const satisfies Workflows;
