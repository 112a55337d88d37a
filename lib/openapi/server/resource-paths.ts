import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import {
  type Answer,
  json,
  operation,
  type Paths,
  pathParameter,
  queryParameter,
  schemaRef,
} from "../operation.ts";
import { logSlugs } from "./components.ts";

const done: Answer = { description: "Done." };

function answer(description: string, schema: string): Answer {
  return { description, content: json(schemaRef(schema)) };
}

const reason = queryParameter("reason", "The caller's words, for the audit log.", {
  type: "string",
  minLength: 1,
  maxLength: 500,
});

/** Exports, saved views, the caller and API tokens. */
export function personalPaths(): Paths {
  const id = pathParameter("id", "The id of the export.");
  const own = "tokens:manage-own" satisfies Permission;
  return {
    "/api/v1/me": {
      get: operation({
        id: "getMe",
        tag: "Caller",
        summary: "Who the caller is and what it may do",
        answers: { 200: answer("The caller.", "Me") },
      }),
    },
    "/api/v1/exports/{id}": {
      get: operation({
        id: "getExport",
        tag: "Exports",
        summary: "State, rows, bytes and SHA-256 of an export of one's own",
        parameters: [id],
        answers: { 200: answer("The export.", "Export") },
        errors: [404],
      }),
      delete: operation({
        id: "cancelExport",
        tag: "Exports",
        summary: "Cancels a running export",
        parameters: [id],
        answers: { 204: done },
        errors: [403, 404, 409],
      }),
    },
    "/api/v1/saved-views": {
      get: operation({
        id: "listSavedViews",
        tag: "Saved views",
        summary: "Saved views: one's own and those that are shared",
        parameters: [
          queryParameter("log", "Only those of this log; without it, of all that the caller may read.", {
            type: "string",
            enum: logSlugs,
          }),
        ],
        answers: { 200: answer("The saved views, by name.", "SavedViews") },
        errors: [400, 403],
      }),
      post: operation({
        id: "saveView",
        tag: "Saved views",
        summary: "Saves a query under a name; the same name again replaces it",
        body: schemaRef("SavedViewWish"),
        answers: { 201: answer("The saved view.", "SavedView") },
        errors: [403, 409],
      }),
    },
    "/api/v1/saved-views/{id}": {
      delete: operation({
        id: "deleteSavedView",
        tag: "Saved views",
        summary: "Deletes a saved view of one's own",
        parameters: [pathParameter("id", "The id of the saved view.")],
        answers: { 204: done },
        errors: [403, 404],
      }),
    },
    "/api/v1/tokens": {
      get: operation({
        id: "listTokens",
        tag: "API tokens",
        summary: "One's own tokens; for those who manage tokens, everybody's",
        permission: own,
        answers: { 200: answer("The tokens, newest first.", "ApiTokens") },
      }),
      post: operation({
        id: "createToken",
        tag: "API tokens",
        summary: "Makes a token",
        permission: own,
        body: schemaRef("ApiTokenWish"),
        answers: { 201: answer("The token.", "NewApiToken") },
      }),
    },
    "/api/v1/tokens/{id}": {
      delete: operation({
        id: "revokeToken",
        tag: "API tokens",
        summary: "Revokes a token: the next request with it is refused",
        permission: own,
        parameters: [pathParameter("id", "The id of the token."), reason],
        answers: { 204: done },
        errors: [400, 404, 409],
      }),
    },
  };
}

/** Sources with their quarantine, and what records name: targets and spaces. */
export function sourcePaths(): Paths {
  const permission = "sources:manage" satisfies Permission;
  const tag = "Sources";
  const id = pathParameter("id", "The id of the source.");
  return {
    "/api/v1/sources": {
      get: operation({
        id: "listSources",
        tag,
        summary: "Sources with their health",
        permission,
        answers: { 200: answer("The sources, by name.", "Sources") },
      }),
      post: operation({
        id: "createSource",
        tag,
        summary: "Makes a source",
        permission,
        body: schemaRef("SourceWish"),
        answers: { 201: answer("The source with its token.", "NewSource") },
        errors: [409],
      }),
    },
    "/api/v1/sources/live": {
      get: operation({
        id: "followSources",
        tag,
        summary: "Sources with their health as server-sent events",
        permission,
        answers: {
          200: {
            description: "Events: `sources` with the same as the list, at once and whenever it has changed.",
            content: { "text/event-stream": { schema: { type: "string" } } },
          },
        },
        errors: [429],
      }),
    },
    "/api/v1/sources/{id}": {
      patch: operation({
        id: "changeSource",
        tag,
        summary: "Stops a source, or lets it post again",
        permission,
        parameters: [id],
        body: schemaRef("SourceChange"),
        answers: { 204: done },
        errors: [404],
      }),
    },
    "/api/v1/sources/{id}/token": {
      post: operation({
        id: "renewSourceToken",
        tag,
        summary: "Replaces the token of a source; the old one is refused within a second",
        permission,
        parameters: [id],
        body: schemaRef("TokenRenewal"),
        answers: { 201: answer("The source with its new token.", "NewSource") },
        errors: [404],
      }),
    },
    "/api/v1/sources/{id}/certificates": {
      get: operation({
        id: "listCertificates",
        tag,
        summary: "Client certificates of a source of kind sudo, newest first",
        permission,
        parameters: [id],
        answers: { 200: answer("The certificates.", "Certificates") },
        errors: [404],
      }),
      post: operation({
        id: "issueCertificate",
        tag,
        summary: "Issues a client certificate, by which a host connects as this source",
        permission,
        parameters: [id],
        body: schemaRef("CertificateWish"),
        answers: { 201: answer("The certificate with its key.", "NewCertificate") },
        errors: [404, 409],
      }),
    },
    "/api/v1/sources/{id}/certificates/{certificate}": {
      post: operation({
        id: "renewCertificate",
        tag,
        summary: "Issues a certificate in place of one, which stays good for a week at most",
        permission,
        parameters: [id, pathParameter("certificate", "The id of the certificate.")],
        body: schemaRef("CertificateRenewal"),
        answers: { 201: answer("The certificate with its key.", "NewCertificate") },
        errors: [404, 409],
      }),
      delete: operation({
        id: "revokeCertificate",
        tag,
        summary: "Revokes a certificate: connections under it end within a second",
        permission,
        parameters: [
          id,
          pathParameter("certificate", "The id of the certificate."),
          { ...reason, required: true },
        ],
        answers: { 204: done },
        errors: [400, 404, 409],
      }),
    },
    "/api/v1/sources/{id}/quarantine": {
      get: operation({
        id: "listQuarantine",
        tag,
        summary: "Records of a source that wait in quarantine, newest first",
        permission,
        parameters: [id],
        answers: { 200: answer("The records.", "QuarantinedRecords") },
        errors: [404],
      }),
    },
    "/api/v1/sources/{id}/quarantine/{record}": {
      post: operation({
        id: "resolveQuarantined",
        tag,
        summary: "Tries a quarantined record again, or marks it as of no account",
        permission,
        parameters: [id, pathParameter("record", "The id of the quarantined record.")],
        body: schemaRef("RecordResolution"),
        answers: { 200: answer("What became of it.", "Resolved") },
        errors: [404, 409],
      }),
    },
    ...targetPaths("targets:manage"),
    ...namePaths("spaces", "space", "SpacePage", "targets:manage"),
  };
}

function targetPaths(permission: Permission): Paths {
  const paths = namePaths("targets", "target", "TargetPage", permission);
  const one = "/api/v1/targets/{id}";
  return {
    ...paths,
    [one]: {
      ...paths[one],
      delete: operation({
        id: "deleteTarget",
        tag: "Targets and spaces",
        summary: "Deletes a target and ends its open connections",
        description:
          "Hosts that listen are told; connections of others are closed in the record alone. Records that name the target do not bring it back.",
        permission,
        parameters: [pathParameter("id", "The id of the target."), { ...reason, required: true }],
        answers: { 200: answer("What became of its connections.", "DeletedTarget") },
        errors: [400, 404],
      }),
    },
  };
}

function namePaths(plural: string, singular: string, page: string, permission: Permission): Paths {
  const name = `${singular.charAt(0).toUpperCase()}${singular.slice(1)}`;
  return {
    [`/api/v1/${plural}`]: {
      get: operation({
        id: `list${name}s`,
        tag: "Targets and spaces",
        summary: `The ${plural} that records name, a page at a time`,
        permission,
        parameters: [
          queryParameter("match", "Part of a name or a description.", { type: "string", maxLength: 200 }),
          queryParameter("after", "`nextCursor` of the page before.", { type: "string" }),
        ],
        answers: { 200: answer("A page, by name.", page) },
        errors: [400],
      }),
    },
    [`/api/v1/${plural}/{id}`]: {
      patch: operation({
        id: `describe${name}`,
        tag: "Targets and spaces",
        summary: `Changes the description of a ${singular}`,
        permission,
        parameters: [pathParameter("id", `The id of the ${singular}.`)],
        body: schemaRef("TargetChange"),
        answers: { 204: done },
        errors: [404],
      }),
    },
  };
}
