import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import { roles } from "@/lib/auth/roles.ts";
import { listedStates, userPage } from "@/lib/users/user.ts";
import { operation, type Paths, pathParameter, queryParameter, schemaRef } from "../operation.ts";
import { answer, reason } from "./recording-parts.ts";

const tag = "Users";

/** The people of the organization. */
export function userPaths(): Paths {
  const permission = "users:manage" satisfies Permission;
  const id = pathParameter("id", "The id of the user.");
  return {
    "/api/v1/users": {
      get: operation({
        id: "listUsers",
        tag,
        summary: `The people of the organization, by email address, ${userPage} at a time`,
        permission,
        parameters: [
          queryParameter("match", "Part of an address, a name or a login name.", {
            type: "string",
            maxLength: 200,
          }),
          queryParameter("role", "Of this role only.", { type: "string", enum: roles }),
          queryParameter(
            "status",
            "In this state only; `locked` is of accounts that nobody can sign in to now.",
            {
              type: "string",
              enum: listedStates,
            },
          ),
          queryParameter("after", "`nextCursor` of the page before.", { type: "string", maxLength: 254 }),
        ],
        answers: { 200: answer("The page.", "UserPage") },
        errors: [400],
      }),
      post: operation({
        id: "inviteUser",
        tag,
        summary: "Invites somebody: makes the account, and sends the link that activates it",
        permission,
        body: schemaRef("UserWish"),
        answers: { 201: answer("The account, and what became of the mail.", "Invitation") },
        errors: [409],
      }),
    },
    "/api/v1/users/{id}": {
      get: operation({
        id: "getUser",
        tag,
        summary: "One person",
        permission,
        parameters: [id],
        answers: { 200: answer("The person.", "User") },
        errors: [404],
      }),
      patch: operation({
        id: "changeUser",
        tag,
        summary:
          "Changes an account as it was seen at a version; disabled, what is open under it ends within a second",
        permission,
        parameters: [id],
        body: schemaRef("UserChange"),
        answers: { 200: answer("The person now.", "User") },
        errors: [404, 409],
      }),
      delete: operation({
        id: "deleteUser",
        tag,
        summary: "Deletes an account with its sessions, API tokens and devices; what it did stays on record",
        permission,
        parameters: [
          id,
          {
            ...queryParameter("version", "The version that was seen.", { type: "integer", minimum: 1 }),
            required: true,
          },
          reason,
        ],
        answers: { 200: answer("What ended with it.", "DeletedUser") },
        errors: [400, 404, 409],
      }),
    },
    "/api/v1/users/{id}/invitation": {
      post: operation({
        id: "resendInvitation",
        tag,
        summary: "Sends an invited person another link; the one before is dead",
        permission,
        parameters: [id],
        answers: { 201: answer("What became of the mail.", "Invitation") },
        errors: [404, 409, 429],
      }),
    },
  };
}
