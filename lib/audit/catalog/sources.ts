import type { Workflows } from "./define.ts";

/** Daybook's own: sources and what they sent that could not be understood. */
export const sourceWorkflows = {
  "source:creation": {
    title: "Source Creation",
    targetType: "source",
    events: {
      attempting: { type: "source:creating", says: "Creating source" },
      done: { type: "source:created", says: "Created source" },
      failed: { type: "source:creation-failed", says: "Failed to create source" },
    },
    captured: [],
  },
  "source:deletion": {
    title: "Source Deletion",
    targetType: "source",
    events: {
      attempting: { type: "source:deleting", says: "Removing source" },
      done: { type: "source:deleted", says: "Removed source" },
      failed: { type: "source:deletion-failed", says: "Failed to remove source" },
    },
    captured: [],
  },
  "source:update": {
    title: "Source Update",
    targetType: "source",
    events: {
      attempting: { type: "source:updating", says: "Changing settings of source" },
      done: { type: "source:updated", says: "Changed settings of source" },
      failed: { type: "source:update-failed", says: "Failed to change settings of source" },
    },
    captured: [],
  },
  "source:token-renewal": {
    title: "Source Token Renewal",
    targetType: "source",
    events: {
      attempting: { type: "source:token-renewing", says: "Renewing the token of source" },
      done: { type: "source:token-renewed", says: "Renewed the token of source" },
      failed: { type: "source:token-renewal-failed", says: "Failed to renew the token of source" },
    },
    captured: [],
  },
  "source:suspension": {
    title: "Source Suspension",
    targetType: "source",
    events: {
      attempting: { type: "source:suspending", says: "Stopping source" },
      done: { type: "source:suspended", says: "Stopped source" },
      failed: { type: "source:suspension-failed", says: "Failed to stop source" },
    },
    captured: [],
  },
  "source:resumption": {
    title: "Source Resumption",
    targetType: "source",
    events: {
      attempting: { type: "source:resuming", says: "Resuming source" },
      done: { type: "source:resumed", says: "Resumed source" },
      failed: { type: "source:resumption-failed", says: "Failed to resume source" },
    },
    captured: [],
  },
  "quarantinedRecord:replay": {
    title: "Quarantined Record Replay",
    targetType: "quarantinedRecord",
    events: {
      attempting: { type: "quarantinedRecord:replaying", says: "Replaying a quarantined record of" },
      done: { type: "quarantinedRecord:replayed", says: "Replayed a quarantined record of" },
      failed: { type: "quarantinedRecord:replay-failed", says: "Failed to replay a quarantined record of" },
    },
    captured: [],
  },
  "quarantinedRecord:dismissal": {
    title: "Quarantined Record Dismissal",
    targetType: "quarantinedRecord",
    events: {
      attempting: { type: "quarantinedRecord:dismissing", says: "Dismissing a quarantined record of" },
      done: { type: "quarantinedRecord:dismissed", says: "Dismissed a quarantined record of" },
      failed: {
        type: "quarantinedRecord:dismissal-failed",
        says: "Failed to dismiss a quarantined record of",
      },
    },
    captured: [],
  },
} as const satisfies Workflows;
