import { connectionKinds } from "@/lib/ingest/enumerations.ts";
import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import {
  type Answer,
  json,
  operation,
  type Paths,
  pathParameter,
  queryParameter,
  type Schema,
  schemaRef,
} from "../operation.ts";
import { answer, reason, recordingTag as tag } from "./recording-parts.ts";
import { devicePaths, streamPaths, uploadOperation } from "./upload-paths.ts";

const text: Schema = { type: "string", minLength: 1, maxLength: 1024 };
const id = pathParameter("id", "The id of the recording.");
const idle = queryParameter(
  "idle",
  "Seconds that a pause lasts at most; without it pauses are as they were.",
  {
    type: "number",
    minimum: 0.5,
    maximum: 60,
  },
);

const own = "Whoever has `recordings:read-own` alone sees their own.";
const reading = { tag, permission: "recordings:read-own" } as const satisfies {
  tag: string;
  permission: Permission;
};
/** It is worked out, could not be, or was deleted. */
const unready = [404, 409, 410] as const;

function file(description: string, type: string): Answer {
  return { description, content: { [type]: { schema: { type: "string" } } } };
}

/** Session recordings, and the asciinema installations that upload them. */
export function recordingPaths(): Paths {
  return { ...listPaths(), ...onePaths(), ...devicePaths(), ...streamPaths() };
}

function listPaths(): Paths {
  const instant: Schema = { type: "string", format: "date-time" };
  const narrowing = [
    queryParameter("user", "Whose.", text),
    queryParameter("target", "Of which target.", text),
    queryParameter("kind", "Of which kind of connections.", { type: "string", enum: [...connectionKinds] }),
    queryParameter("longer", "At least so long: a span such as `10m`.", { type: "string" }),
    queryParameter("connection", "Of which connection.", { type: "string", format: "uuid" }),
    queryParameter("from", "Started at or after.", instant),
    queryParameter("to", "Started before.", instant),
    queryParameter("denied", "With or without denied attempts.", { type: "boolean" }),
  ];
  const filters = [
    ...narrowing,
    queryParameter("live", "Under way, or over.", { type: "boolean" }),
    queryParameter("held", "Under a legal hold, or not.", { type: "boolean" }),
  ];
  return {
    "/api/v1/recordings": {
      get: operation({
        ...reading,
        id: "listRecordings",
        summary: "Recordings, newest first",
        description: own,
        parameters: [
          ...filters,
          queryParameter("deleted", "With those that were deleted.", { type: "boolean" }),
          queryParameter("limit", "Rows of a page.", {
            type: "integer",
            minimum: 1,
            maximum: 200,
            default: 50,
          }),
          queryParameter("cursor", "`nextCursor` of the page before.", { type: "string" }),
        ],
        answers: { 200: answer("A page.", "RecordingPage") },
        errors: [400],
      }),
      post: uploadOperation(),
    },
    "/api/v1/recordings/live": {
      get: operation({
        ...reading,
        id: "followSessions",
        summary: "Tells whenever other sessions are under way, as server-sent events",
        answers: {
          200: {
            description:
              "Events: `sessions`, at once and whenever sessions have begun, ended or been worked out; its data is another text then.",
            content: { "text/event-stream": { schema: { type: "string" } } },
          },
        },
        errors: [429],
      }),
    },
    "/api/v1/recordings/archive": {
      get: operation({
        ...reading,
        permission: "exports:create",
        id: "downloadRecordings",
        summary: "Recordings as one zip, with a manifest of their SHA-256 as its last file",
        description: `${own} Either \`id\`, or filters that match at most 1,000. What cannot be downloaded is in the manifest with the reason; a recording that cannot be read breaks the body off. \`X-Export-Id\` leads to recordings, bytes and SHA-256 at \`/api/v1/exports/{id}\`.`,
        parameters: [
          { ...queryParameter("file", "What of each.", { enum: ["cast", "text"] }), required: true },
          queryParameter("id", "These recordings, at most 200.", {
            type: "array",
            items: { type: "string", format: "uuid" },
            maxItems: 200,
          }),
          ...filters,
          queryParameter("count", "Only counts.", { enum: ["true"] }),
          queryParameter("exportId", "The id under which its state is kept.", {
            type: "string",
            format: "uuid",
          }),
        ],
        answers: {
          200: {
            description: "The zip; with `count=true` how many recordings it would hold.",
            content: {
              "application/zip": { schema: { type: "string" } },
              ...json(schemaRef("ArchiveCount")),
            },
          },
        },
        errors: [400, 404, 409, 429],
      }),
    },
    "/api/v1/recordings/people": {
      get: operation({
        ...reading,
        id: "listRecordedPeople",
        summary: "People with recordings, the one with the latest first",
        parameters: [queryParameter("match", "A part of the name.", { type: "string", maxLength: 256 })],
        answers: { 200: answer("The people.", "RecordedPeople") },
        errors: [400],
      }),
    },
    "/api/v1/recordings/search": {
      get: operation({
        ...reading,
        id: "searchRecordings",
        summary: "Lines that were on a screen and hold all the words, in the newest recordings first",
        description: own,
        parameters: [
          {
            ...queryParameter("q", "Whole words, of letters and digits.", {
              type: "string",
              minLength: 1,
              maxLength: 256,
            }),
            required: true,
          },
          queryParameter("recording", "In one recording only.", { type: "string", format: "uuid" }),
          ...narrowing,
          queryParameter("limit", "Texts of a page, with up to three lines each.", {
            type: "integer",
            minimum: 1,
            maximum: 200,
            default: 50,
          }),
          queryParameter("cursor", "`nextCursor` of the page before.", { type: "string" }),
        ],
        answers: { 200: answer("The lines.", "RecordingHits") },
        errors: [400],
      }),
    },
  };
}

function onePaths(): Paths {
  return {
    "/api/v1/recordings/{id}": {
      get: operation({
        ...reading,
        id: "getRecording",
        summary: "What is known of a recording",
        parameters: [id],
        answers: { 200: answer("The recording.", "Recording") },
        errors: [404, 410],
      }),
      delete: operation({
        tag,
        permission: "recordings:delete",
        id: "deleteRecording",
        summary: "Deletes what a recording shows; that it was there, its SHA-256, who and why stay",
        parameters: [id, reason],
        answers: { 204: { description: "Done." } },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/hold": {
      post: operation({
        tag,
        permission: "holds:manage",
        id: "holdRecording",
        summary: "Puts a recording under a legal hold: nobody can delete it, and its age does not",
        parameters: [id, { ...reason, required: true }],
        answers: { 204: { description: "Done." } },
        errors: [400, ...unready],
      }),
      delete: operation({
        tag,
        permission: "holds:manage",
        id: "releaseRecording",
        summary: "Releases a recording from its hold",
        parameters: [id, { ...reason, required: true }],
        answers: { 204: { description: "Done." } },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/playback": {
      get: operation({
        ...reading,
        id: "playRecording",
        summary: "Commands, activity and pauses of a recording; that somebody plays it is in the audit log",
        parameters: [id, idle],
        answers: { 200: answer("What a page shows around the player.", "Playback") },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/player-index": {
      get: operation({
        ...reading,
        id: "getPlayerIndex",
        summary: "The index that the player reads itself",
        parameters: [id, idle],
        answers: { 200: answer("The index; segments are relative to its address.", "PlayerIndex") },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/screen": {
      get: operation({
        ...reading,
        id: "getScreen",
        summary: "What was on the screen at a second, with its colours",
        parameters: [
          id,
          queryParameter("t", "The second of the recording, such as 65 or 65.5; its beginning without.", {
            type: "string",
          }),
        ],
        answers: { 200: answer("The screen.", "ScreenPicture") },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/segments/{segment}": {
      get: operation({
        ...reading,
        id: "getSegment",
        summary: "A stretch of a recording for the player",
        parameters: [
          id,
          pathParameter("segment", "Its number, from 0.", { type: "integer", minimum: 0 }),
          idle,
          queryParameter("to", "Of a session under way: microseconds at which its index ended.", {
            type: "integer",
            minimum: 1,
          }),
        ],
        answers: { 200: answer("The stretch.", "RecordingSegment") },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/live": {
      get: operation({
        ...reading,
        id: "watchSession",
        summary: "A session under way, from now on, as server-sent events for asciinema-player",
        parameters: [id],
        answers: { 200: file("The events.", "text/event-stream") },
        errors: unready,
      }),
    },
    "/api/v1/recordings/{id}/end": {
      post: operation({
        tag,
        permission: "sessions:end",
        id: "endSession",
        summary: "Asks for the end of a session under way; as PUT of the session, for a recording",
        parameters: [id, { ...reason, required: true }],
        answers: { 200: answer("The request; acknowledged when the host was told at once.", "Kill") },
        errors: [400, ...unready],
      }),
    },
    "/api/v1/recordings/{id}/cast": {
      get: operation({
        ...reading,
        id: "downloadCast",
        summary: "The recording as asciicast v2",
        parameters: [id],
        answers: { 200: file("The asciicast.", "application/x-asciicast") },
        errors: unready,
      }),
    },
    "/api/v1/recordings/{id}/text": {
      get: operation({
        ...reading,
        id: "readRecordingText",
        summary: "What was seen, as lines of text with times",
        parameters: [id],
        answers: { 200: file("The text.", "text/plain") },
        errors: unready,
      }),
    },
    "/api/v1/recordings/{id}/original": {
      get: operation({
        ...reading,
        id: "downloadOriginal",
        summary: "The bytes as they were received",
        parameters: [id],
        answers: { 200: file("The bytes.", "application/octet-stream") },
        errors: [404, 410],
      }),
    },
  };
}
