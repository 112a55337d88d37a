import {
  by,
  newValues,
  previousValues,
  targetName,
  timestamp,
  type Workflows,
  whyOptional,
} from "./define.ts";

const sourceName = targetName("source name");
const record = [
  targetName("source name"),
  { says: "source ID", key: "sourceId", kind: "text" },
  { says: "record’s own ID", key: "recordId", kind: "json" },
  { says: "why it was quarantined", key: "quarantinedFor", kind: "text" },
] as const;

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
    captured: [
      sourceName,
      by("created by"),
      { says: "kind", key: "kind", kind: "text" },
      { says: "settings", key: "settings", kind: "json" },
      {
        says: "deployment token by which it paired",
        key: "deploymentToken",
        kind: "json",
        known: "sometimes",
      },
      newValues,
      timestamp,
    ],
  },
  "source:update": {
    title: "Source Update",
    targetType: "source",
    events: {
      attempting: { type: "source:updating", says: "Changing settings of source" },
      done: { type: "source:updated", says: "Changed settings of source" },
      failed: { type: "source:update-failed", says: "Failed to change settings of source" },
    },
    captured: [sourceName, by("changed by"), whyOptional, previousValues, newValues, timestamp],
  },
  "source:token-renewal": {
    title: "Source Token Renewal",
    targetType: "source",
    events: {
      attempting: { type: "source:token-renewing", says: "Renewing the token of source" },
      done: { type: "source:token-renewed", says: "Renewed the token of source" },
      failed: { type: "source:token-renewal-failed", says: "Failed to renew the token of source" },
    },
    captured: [
      sourceName,
      by("renewed by"),
      { says: "first letters of the token before", key: "replaces", kind: "text" },
      whyOptional,
      previousValues,
      newValues,
      timestamp,
    ],
  },
  "source:suspension": {
    title: "Source Suspension",
    targetType: "source",
    events: {
      attempting: { type: "source:suspending", says: "Stopping source" },
      done: { type: "source:suspended", says: "Stopped source" },
      failed: { type: "source:suspension-failed", says: "Failed to stop source" },
    },
    captured: [sourceName, by("stopped by"), whyOptional, previousValues, newValues, timestamp],
  },
  "source:resumption": {
    title: "Source Resumption",
    targetType: "source",
    events: {
      attempting: { type: "source:resuming", says: "Resuming source" },
      done: { type: "source:resumed", says: "Resumed source" },
      failed: { type: "source:resumption-failed", says: "Failed to resume source" },
    },
    captured: [sourceName, by("resumed by"), whyOptional, previousValues, newValues, timestamp],
  },
  "quarantinedRecord:replay": {
    title: "Quarantined Record Replay",
    targetType: "quarantinedRecord",
    events: {
      attempting: { type: "quarantinedRecord:replaying", says: "Replaying a quarantined record of" },
      done: { type: "quarantinedRecord:replayed", says: "Replayed a quarantined record of" },
      failed: { type: "quarantinedRecord:replay-failed", says: "Failed to replay a quarantined record of" },
    },
    captured: [...record, by("replayed by"), previousValues, newValues, timestamp],
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
    captured: [...record, by("dismissed by"), whyOptional, previousValues, newValues, timestamp],
  },
} as const satisfies Workflows;
