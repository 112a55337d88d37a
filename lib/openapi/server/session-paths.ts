import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import { killLimits } from "@/lib/kills/kill.ts";
import { sessionLimits } from "@/lib/sessions/session-query.ts";
import {
  errorRefs,
  json,
  type Operation,
  operation,
  type Paths,
  pathParameter,
  queryParameter,
  schemaRef,
} from "../operation.ts";
import { answer } from "./recording-parts.ts";

const tag = "Sessions";
const id = pathParameter("id", "The `session_id`, which is the id of the connection.");

/** Sessions under the names of Border0's API, and how sources open them and hear of their end. */
export function sessionPaths(): Paths {
  const reading = { tag, permission: "logs:read-own" as Permission };
  return {
    "/api/v1/sessions": {
      get: operation({
        ...reading,
        id: "listSessions",
        summary: "Connections as sessions under the names of Border0's API, newest first",
        description: `Pages have numbers and reach the first ${sessionLimits.depth}; the log of connections has all. Whoever has \`logs:read-own\` alone sees their own.`,
        parameters: [
          queryParameter("page", "From 1.", { type: "integer", minimum: 1, default: 1 }),
          queryParameter("page_size", "Sessions of a page.", {
            type: "integer",
            minimum: 1,
            maximum: sessionLimits.pageSize,
            default: 20,
          }),
          queryParameter("socket_names", "Of these targets, separated by commas.", { type: "string" }),
          queryParameter("user_emails", "Of these people, separated by commas.", { type: "string" }),
          queryParameter("auth_result", "Let in, or refused.", {
            type: "string",
            enum: ["success", "denied"],
          }),
        ],
        answers: { 200: answer("A page.", "SessionPage") },
        errors: [400],
      }),
    },
    "/api/v1/sessions/{id}": {
      get: operation({
        ...reading,
        id: "getSession",
        summary: "One session",
        parameters: [id],
        answers: { 200: answer("The session.", "SessionLog") },
        errors: [404],
      }),
      put: operation({
        tag,
        permission: "sessions:end",
        id: "killSession",
        summary: "Asks for the end of a session",
        description:
          "The host is told at once or as soon as it listens, and the reason is shown to the person. A second request is refused until the first is settled.",
        parameters: [id],
        body: schemaRef("SessionChange"),
        answers: { 200: answer("The request.", "Kill") },
        errors: [404, 409],
      }),
    },
    ...border0Paths(),
    ...sourceSidePaths(),
  };
}

/** The same under the addresses of Border0's API. */
function border0Paths(): Paths {
  const parameters = [
    pathParameter("socket", "The session's `socket_id`, or `socket_name`: the target.", { type: "string" }),
    id,
  ];
  return {
    "/api/v1/session/{socket}/{id}": {
      get: operation({
        tag,
        permission: "logs:read-own",
        id: "getSessionOfSocket",
        summary: "One session, at Border0's address",
        parameters,
        answers: { 200: answer("The session.", "SessionLog") },
        errors: [404],
      }),
      put: operation({
        tag,
        permission: "sessions:end",
        id: "killSessionOfSocket",
        summary: "Asks for the end of a session, at Border0's address",
        parameters,
        body: schemaRef("SessionChange"),
        answers: { 200: answer("The request.", "Kill") },
        errors: [404, 409],
      }),
    },
    "/api/v1/session/{socket}/{id}/session_log": {
      get: operation({
        tag,
        permission: "logs:read-own",
        id: "replaySession",
        summary: "The replay of a session: its recording as asciicast v2, or its requests as text",
        description: "Needs `recordings:read-own` too. That it was downloaded is in the audit log.",
        parameters: [
          ...parameters,
          queryParameter("recording_id", "One of several recordings; the latest when absent.", {
            type: "string",
            format: "uuid",
          }),
        ],
        answers: {
          200: {
            description: "The file.",
            content: {
              "application/x-asciicast": { schema: { type: "string" } },
              "text/plain": { schema: { type: "string" } },
            },
          },
        },
        errors: [400, 404, 409],
      }),
    },
  };
}

const forSources: Operation["security"] = [{ sourceToken: [] }, { sourceAccessToken: [] }];

/** Small bodies of scripts may be forms. */
function fields(schema: string): NonNullable<Operation["requestBody"]> {
  return {
    required: true,
    content: {
      ...json(schemaRef(schema)),
      "application/x-www-form-urlencoded": { schema: schemaRef(schema) },
    },
  };
}

function sourceSidePaths(): Paths {
  return {
    "/api/v1/connections": {
      post: {
        operationId: "openConnection",
        tags: [tag],
        summary: "Opens a connection; a recording can then be uploaded to it",
        description:
          "With the token of a source of kind recordings or native, or the install id of a device, whose person and name it then has.",
        requestBody: fields("ConnectionWish"),
        responses: {
          201: answer("The connection, new or opened before under the same name.", "OpenedConnection"),
          ...errorRefs([400, 401, 403, 409, 413, 415, 500, 503]),
        },
        security: forSources,
      },
    },
    "/api/v1/connections/{id}/events": {
      post: {
        operationId: "tellConnectionEvent",
        tags: [tag],
        summary: "Tells what happened to a connection of the source's own",
        parameters: [pathParameter("id", "The id of the connection.")],
        requestBody: fields("ConnectionHappened"),
        responses: {
          201: answer("On record.", "ToldEvent"),
          ...errorRefs([400, 401, 403, 404, 409, 413, 415, 500, 503]),
        },
        security: forSources,
      },
    },
    "/api/v1/kills": {
      get: {
        operationId: "listenForKills",
        tags: [tag],
        summary: "Requests to end connections of the source, as server-sent events",
        description: `Each event \`kill\` is one request, with \`id\`, \`connectionId\`, \`user\`, \`target\`, \`reason\`, \`requestedBy\` and a \`message\` for the person. Without Last-Event-ID come all that are not settled, with it those behind it. A comment every ${killLimits.heartbeatMs / 1000} seconds is a sign of life. At most ${killLimits.streams} streams of a source, and ${killLimits.connectionStreams} that name a connection.`,
        parameters: [
          queryParameter("connection", "Of this connection only.", { type: "string", format: "uuid" }),
          {
            name: "Last-Event-ID",
            in: "header",
            description: "The id of the last event that was seen.",
            schema: { type: "string" },
          },
        ],
        responses: {
          200: {
            description: "The events.",
            content: { "text/event-stream": { schema: { type: "string" } } },
          },
          ...errorRefs([400, 401, 429, 500, 503]),
        },
        security: forSources,
      },
    },
    "/api/v1/kills/{id}": {
      post: {
        operationId: "reportKill",
        tags: [tag],
        summary: "Tells what became of such a request: acknowledged, ended or failed",
        description: "Ended closes the connection, with who asked for it as the cause.",
        parameters: [pathParameter("id", "The id of the request.")],
        requestBody: fields("KillReport"),
        responses: {
          200: answer("The request as it is now.", "Kill"),
          ...errorRefs([400, 401, 404, 409, 413, 415, 500, 503]),
        },
        security: forSources,
      },
    },
  };
}
