import {
  by,
  connectionId,
  newValues,
  previousValues,
  targetName,
  timestamp,
  type Workflows,
  why,
} from "./define.ts";

const session = targetName("whose session");
const auditor = { says: "auditor", key: "auditor", kind: "text" } as const;
const until = { says: "last day", key: "until", kind: "text" } as const;
const cause = { says: "cause of the connection’s end", key: "cause", kind: "text" } as const;
const request = [
  connectionId,
  { says: "ID of the request", key: "killId", kind: "text" },
  { says: "reason of the request", key: "request", kind: "text" },
  { says: "requested by", key: "requestedBy", kind: "text" },
  { says: "requested at", key: "requestedAt", kind: "text" },
  cause,
] as const;

/** Daybook's own: sessions watched, shared and ended. */
export const sessionWorkflows = {
  "session:watching": {
    title: "Live Watching",
    targetType: "session",
    events: {
      attempting: { type: "session:being-watched", says: "Watching the session of" },
      done: { type: "session:watched", says: "Watched the session of" },
      failed: { type: "session:watching-failed", says: "Failed to watch the session of" },
    },
    captured: [
      session,
      by("watched by"),
      { says: "recording ID", key: "recordingId", kind: "text" },
      connectionId,
      timestamp,
    ],
  },
  "session:sharing": {
    title: "Session Sharing",
    targetType: "session",
    events: {
      attempting: { type: "session:sharing", says: "Sharing the session of" },
      done: { type: "session:shared", says: "Shared the session of" },
      failed: { type: "session:sharing-failed", says: "Failed to share the session of" },
    },
    captured: [session, by("shared by"), connectionId, auditor, until, why, newValues, timestamp],
  },
  "session:unsharing": {
    title: "Session Share Revocation",
    targetType: "session",
    events: {
      attempting: { type: "session:unsharing", says: "Taking back a share of the session of" },
      done: { type: "session:unshared", says: "Took back a share of the session of" },
      failed: { type: "session:unsharing-failed", says: "Failed to take back a share of the session of" },
    },
    captured: [
      session,
      by("taken back by"),
      connectionId,
      auditor,
      until,
      why,
      previousValues,
      newValues,
      timestamp,
    ],
  },
  "session:end-request": {
    title: "Session End Request",
    targetType: "session",
    events: {
      attempting: { type: "session:end-requesting", says: "Asking for the end of the session of" },
      done: { type: "session:end-requested", says: "Asked for the end of the session of" },
      failed: { type: "session:end-request-failed", says: "Failed to ask for the end of the session of" },
    },
    captured: [session, by("asked for by"), connectionId, why, cause, newValues, timestamp],
  },
  "session:end-acknowledgement": {
    title: "Session End Acknowledgement",
    targetType: "session",
    events: {
      attempting: {
        type: "session:end-acknowledging",
        says: "Taking note of the wished end of the session of",
      },
      done: { type: "session:end-acknowledged", says: "The host was told to end the session of" },
      failed: { type: "session:end-undelivered", says: "The host was never told to end the session of" },
    },
    captured: [session, by("told by"), ...request, timestamp],
  },
  "session:ending": {
    title: "Session End",
    targetType: "session",
    events: {
      attempting: { type: "session:ending", says: "Ending the session of" },
      done: { type: "session:ended", says: "Ended the session of" },
      failed: { type: "session:ending-failed", says: "Failed to end the session of" },
    },
    captured: [session, by("ended by"), ...request, timestamp],
  },
} as const satisfies Workflows;
