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

const recorded = targetName("whose recording");
const recordingId = { says: "recording ID", key: "recordingId", kind: "text" } as const;

/** Daybook's own: recordings. */
export const recordingWorkflows = {
  "recording:playback": {
    title: "Recording Playback",
    targetType: "recording",
    events: {
      attempting: { type: "recording:playing", says: "Playing the recording of" },
      done: { type: "recording:played", says: "Played the recording of" },
      failed: { type: "recording:playback-failed", says: "Failed to play the recording of" },
    },
    captured: [recorded, by("played by"), recordingId, connectionId, timestamp],
  },
  "recording:reading": {
    title: "Recording Reading",
    targetType: "recording",
    events: {
      attempting: { type: "recording:being-read", says: "Reading the recording of" },
      done: { type: "recording:read", says: "Read the recording of" },
      failed: { type: "recording:reading-failed", says: "Failed to read the recording of" },
    },
    captured: [recorded, by("read by"), recordingId, connectionId, timestamp],
  },
  "recording:search": {
    title: "Recording Search",
    targetType: "recording",
    events: {
      attempting: { type: "recording:searching", says: "Searching recordings for" },
      done: { type: "recording:searched", says: "Searched recordings for" },
      failed: { type: "recording:search-failed", says: "Failed to search recordings for" },
    },
    captured: [
      by("searched by"),
      { says: "words", key: "words", kind: "text" },
      { says: "hits", key: "hits", kind: "number" },
      { says: "IDs of the recordings shown", key: "recordingIds", kind: "texts" },
      timestamp,
    ],
  },
  "recording:download": {
    title: "Recording Download",
    targetType: "recording",
    events: {
      attempting: { type: "recording:downloading", says: "Downloading the recording of" },
      done: { type: "recording:downloaded", says: "Downloaded the recording of" },
      failed: { type: "recording:download-failed", says: "Failed to download the recording of" },
    },
    captured: [
      recorded,
      by("downloaded by"),
      recordingId,
      connectionId,
      { says: "file in an archive", key: "file", kind: "text", known: "sometimes" },
      { says: "ID of the archive’s export", key: "exportId", kind: "text", known: "sometimes" },
      timestamp,
    ],
  },
  "recording:deletion": {
    title: "Recording Deletion",
    targetType: "recording",
    events: {
      attempting: { type: "recording:deleting", says: "Deleting the recording of" },
      done: { type: "recording:deleted", says: "Deleted the recording of" },
      failed: { type: "recording:deletion-failed", says: "Failed to delete the recording of" },
    },
    captured: [recorded, by("deleted by"), why, previousValues, newValues, timestamp],
  },
  "recording:hold": {
    title: "Recording Hold",
    targetType: "recording",
    events: {
      attempting: { type: "recording:being-held", says: "Putting a hold on the recording of" },
      done: { type: "recording:held", says: "Put a hold on the recording of" },
      failed: { type: "recording:hold-failed", says: "Failed to put a hold on the recording of" },
    },
    captured: [recorded, by("held by"), why, recordingId, connectionId, timestamp],
  },
  "recording:hold-release": {
    title: "Recording Hold Release",
    targetType: "recording",
    events: {
      attempting: { type: "recording:hold-releasing", says: "Releasing from its hold the recording of" },
      done: { type: "recording:hold-released", says: "Released from its hold the recording of" },
      failed: {
        type: "recording:hold-release-failed",
        says: "Failed to release from its hold the recording of",
      },
    },
    captured: [recorded, by("released by"), why, recordingId, connectionId, previousValues, timestamp],
  },
  "retention:update": {
    title: "Retention Update",
    targetType: "organization",
    events: {
      attempting: { type: "retention:updating", says: "Updating how long recordings are kept by" },
      done: { type: "retention:updated", says: "Updated how long recordings are kept by" },
      failed: { type: "retention:update-failed", says: "Failed to update how long recordings are kept by" },
    },
    captured: [by("updated by"), why, previousValues, newValues, timestamp],
  },
} as const satisfies Workflows;
