import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { streamLimits } from "@/lib/recordings/stream.ts";
import {
  errorRefs,
  json,
  type Operation,
  operation,
  type Paths,
  pathParameter,
  queryParameter,
  type Schema,
  schemaRef,
} from "../operation.ts";
import { answer, reason, recordingTag as tag } from "./recording-parts.ts";

/** The asciinema installations of a person. */
export function devicePaths(): Paths {
  const permission: Permission = "tokens:manage-own";
  const ofDevices = { tag, permission };
  return {
    "/api/v1/devices": {
      get: operation({
        ...ofDevices,
        id: "listDevices",
        summary: "One's own asciinema installations",
        answers: { 200: answer("The installations, newest first.", "Devices") },
      }),
      post: operation({
        ...ofDevices,
        id: "claimDevice",
        summary: "Claims an asciinema installation: what it uploads is the caller's from then on",
        body: schemaRef("DeviceClaim"),
        answers: { 200: answer("It is the caller's.", "DeviceClaimed") },
        errors: [409],
      }),
    },
    "/api/v1/devices/{id}": {
      delete: operation({
        ...ofDevices,
        id: "revokeDevice",
        summary: "Revokes an installation of one's own: its next upload is refused",
        parameters: [pathParameter("id", "The id of the device."), reason],
        answers: { 204: { description: "Done." } },
        errors: [400, 404, 409],
      }),
    },
  };
}

/** How a recording comes in. */
export function uploadOperation(): Operation {
  const words: Schema = { type: "string", maxLength: 1024 };
  const schema: Schema = {
    type: "object",
    required: ["file"],
    properties: {
      file: { type: "string", format: "binary", description: "One file, or several as a tar." },
      user: { ...words, description: "Who was recorded; a device's person otherwise." },
      target: { ...words, description: "Where; a device's name otherwise." },
      targetUser: words,
      space: words,
      title: words,
      startedAt: { type: "string", format: "date-time" },
      connection: {
        type: "string",
        format: "uuid",
        description:
          "The connection that it is of: one of the same source, for a source also one of Kubernetes, for a device one of the same person.",
      },
    },
  };
  const stored: Schema = {
    type: "object",
    required: ["id", "connectionId", "url", "message"],
    properties: {
      id: { type: "string", format: "uuid" },
      connectionId: { type: "string", format: "uuid" },
      url: { type: "string", description: "The page of the recording." },
      message: { type: "string" },
    },
  };
  return {
    operationId: "uploadRecording",
    tags: [tag],
    summary: "Uploads a recording: asciicast, script(1), ttyrec, tlog or sudo's I/O log",
    description: `With the token of a source of kind recordings, or as asciinema does with the id of its installation. At most ${recordingLimits.bytes} bytes. The same bytes sent again are the same recording.`,
    parameters: [
      queryParameter("connection", "As the field of the form.", { type: "string", format: "uuid" }),
    ],
    requestBody: { required: true, content: { "multipart/form-data": { schema } } },
    responses: {
      201: { description: "On disk before this answer; worked out afterwards.", content: json(stored) },
      ...errorRefs([400, 401, 403, 404, 413, 415, 500, 503]),
    },
    security: sending,
  };
}

/** As a source's token, or as asciinema: with the id of its installation. */
const sending = [{ sourceToken: [] }, { installation: [] }];

/** Live streams, as asciinema 3 makes them. */
export function streamPaths(): Paths {
  const words: Schema = { type: "string", maxLength: 1024 };
  const change: Schema = {
    type: "object",
    properties: {
      live: { type: "boolean", description: "False when the stream is over." },
      title: { ...words, type: ["string", "null"] },
      user: { ...words, description: "Whose session it is; a device's person otherwise." },
      target: { ...words, description: "Where it is; a device's name otherwise." },
      targetUser: words,
    },
  };
  const stream: Schema = {
    type: "object",
    required: ["id", "url", "ws_producer_url", "live"],
    properties: {
      id: { type: "integer" },
      url: { type: "string", description: "Where it is watched." },
      ws_producer_url: {
        type: "string",
        description:
          "Where its producer connects, with the WebSocket protocol v1.alis, v3.asciicast, v2.asciicast or raw. A secret.",
      },
      live: { type: "boolean" },
      title: { type: ["string", "null"] },
    },
  };
  const shared = { tags: [tag], security: sending };
  const requestBody = { required: true as const, content: json(change) };
  return {
    "/api/v1/streams": {
      post: {
        ...shared,
        operationId: "createStream",
        summary: "Makes a live stream: it begins when its producer connects",
        requestBody,
        responses: {
          201: { description: "Made.", content: json(stream) },
          ...errorRefs([401, 403, 413, 415, 422, 429, 500, 503]),
        },
      },
    },
    "/api/v1/streams/{id}": {
      patch: {
        ...shared,
        operationId: "changeStream",
        summary: "Changes a stream's title, or says that it is over",
        parameters: [pathParameter("id", "The number of the stream.", { type: "integer" })],
        requestBody,
        responses: {
          200: { description: "Changed.", content: json(stream) },
          ...errorRefs([401, 403, 404, 413, 415, 422, 500, 503]),
        },
      },
    },
    "/api/v1/user/streams": {
      get: {
        ...shared,
        operationId: "listStreams",
        summary: "The caller's streams, newest first",
        parameters: [
          queryParameter("prefix", "What the number begins with.", { type: "string" }),
          queryParameter("limit", "Streams at most.", {
            type: "integer",
            minimum: 1,
            maximum: streamLimits.listed,
            default: 10,
          }),
        ],
        responses: {
          200: { description: "The streams.", content: json({ type: "array", items: stream }) },
          ...errorRefs([401, 403, 422, 500, 503]),
        },
      },
    },
  };
}
