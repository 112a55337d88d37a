import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import { operation, type Paths, pathParameter, schemaRef } from "../operation.ts";
import { answer, reason, recordingTag as tag } from "./recording-parts.ts";

/** Sessions that are shared with auditors. */
export function sharePaths(): Paths {
  const permission = "sessions:share" satisfies Permission;
  const id = pathParameter("id", "The id of the connection.");
  return {
    "/api/v1/connections/{id}/shares": {
      get: operation({
        id: "listShares",
        tag,
        summary: "With whom a session is shared, newest first, and with whom it could be",
        permission,
        parameters: [id],
        answers: { 200: answer("The shares and the auditors.", "Shares") },
        errors: [404],
      }),
      post: operation({
        id: "shareSession",
        tag,
        summary: "Shares a session with an auditor, up to the end of a day in UTC",
        permission,
        parameters: [id],
        body: schemaRef("ShareWish"),
        answers: { 201: answer("The share.", "Share") },
        errors: [404, 409],
      }),
    },
    "/api/v1/connections/{id}/shares/{share}": {
      delete: operation({
        id: "revokeShare",
        tag,
        summary: "Takes a share back: what is read under it ends within a second",
        permission,
        parameters: [id, pathParameter("share", "The id of the share."), reason],
        answers: { 204: { description: "Done." } },
        errors: [400, 404, 409],
      }),
    },
  };
}
