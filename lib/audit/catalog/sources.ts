import type { Workflows } from "./define.ts";

/** Daybook's own: sources and what they sent that could not be understood. */
export const sourceWorkflows = {
  "deploymentToken:creation": {
    title: "Deployment Token Creation",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:creating", says: "Creating source" },
      done: { type: "deploymentToken:created", says: "Created source" },
      failed: { type: "deploymentToken:creation-failed", says: "Failed to create source" },
    },
    captured: [],
  },
  "deploymentToken:deletion": {
    title: "Deployment Token Deletion",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:deleting", says: "Removing source" },
      done: { type: "deploymentToken:deleted", says: "Removed source" },
      failed: { type: "deploymentToken:deletion-failed", says: "Failed to remove source" },
    },
    captured: [],
  },
  "deploymentToken:update": {
    title: "Deployment Token Update",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:updating", says: "Changing settings of source" },
      done: { type: "deploymentToken:updated", says: "Changed settings of source" },
      failed: { type: "deploymentToken:update-failed", says: "Failed to change settings of source" },
    },
    captured: [],
  },
  "deploymentToken:renewal": {
    title: "Deployment Token Renewal",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:renewing", says: "Renewing the token of source" },
      done: { type: "deploymentToken:renewed", says: "Renewed the token of source" },
      failed: { type: "deploymentToken:renewal-failed", says: "Failed to renew the token of source" },
    },
    captured: [],
  },
  "deploymentToken:suspension": {
    title: "Deployment Token Suspension",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:suspending", says: "Stopping source" },
      done: { type: "deploymentToken:suspended", says: "Stopped source" },
      failed: { type: "deploymentToken:suspension-failed", says: "Failed to stop source" },
    },
    captured: [],
  },
  "deploymentToken:resumption": {
    title: "Deployment Token Resumption",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:resuming", says: "Resuming source" },
      done: { type: "deploymentToken:resumed", says: "Resumed source" },
      failed: { type: "deploymentToken:resumption-failed", says: "Failed to resume source" },
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
