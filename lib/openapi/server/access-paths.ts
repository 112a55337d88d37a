import "server-only";
import { accessPage, accessStatuses } from "@/lib/access/access.ts";
import type { Permission } from "@/lib/auth/roles.ts";
import { roles } from "@/lib/auth/roles.ts";
import { json, operation, type Paths, pathParameter, queryParameter, schemaRef } from "../operation.ts";
import { answer, reason } from "./recording-parts.ts";

const tag = "Groups and access";

/** Groups with their scopes and members, and who may see what. */
export function accessPaths(): Paths {
  const permission = "users:manage" satisfies Permission;
  const id = pathParameter("id", "The id of the group.");
  const one = "/api/v1/groups/{id}";
  const text = { type: "string", maxLength: 500 };
  return {
    "/api/v1/groups": {
      get: operation({
        id: "listGroups",
        tag,
        summary: "The groups of the organization, by name",
        permission,
        answers: { 200: answer("The groups.", "Groups") },
      }),
      post: operation({
        id: "createGroup",
        tag,
        summary: "Makes a group: which spaces and targets its members see",
        permission,
        body: schemaRef("GroupWish"),
        answers: { 201: answer("The group.", "Group") },
        errors: [409],
      }),
    },
    [one]: {
      get: operation({
        id: "getGroup",
        tag,
        summary: "A group with its members",
        permission,
        parameters: [id],
        answers: { 200: answer("The group.", "Group") },
        errors: [404],
      }),
      patch: operation({
        id: "changeGroup",
        tag,
        summary:
          "Changes a group as it was seen at a version; what its members watch follows within a second",
        permission,
        parameters: [id],
        body: schemaRef("GroupChange"),
        answers: { 200: answer("The group now.", "Group") },
        errors: [404, 409],
      }),
      delete: operation({
        id: "deleteGroup",
        tag,
        summary: "Deletes a group: what was seen through it alone is seen no longer",
        permission,
        parameters: [id, reason],
        answers: { 204: { description: "Done." } },
        errors: [400, 404],
      }),
    },
    [`${one}/members`]: {
      post: operation({
        id: "addGroupMember",
        tag,
        summary: "Puts somebody into a group",
        permission,
        parameters: [id],
        body: schemaRef("MemberWish"),
        answers: { 200: answer("The group now.", "Group") },
        errors: [403, 404, 409],
      }),
    },
    [`${one}/members/{user}`]: {
      delete: operation({
        id: "removeGroupMember",
        tag,
        summary: "Takes somebody out of a group",
        permission,
        parameters: [id, pathParameter("user", "The id of the user.")],
        answers: { 200: answer("The group now.", "Group") },
        errors: [403, 404],
      }),
    },
    "/api/v1/users/{id}/scope": {
      put: operation({
        id: "changeUserScope",
        tag,
        summary: "Gives somebody the global scope or takes it, and puts them into exactly these groups",
        permission,
        parameters: [pathParameter("id", "The id of the user.")],
        body: schemaRef("UserScopeWish"),
        answers: { 204: { description: "Done." } },
        errors: [403, 404, 409],
      }),
    },
    "/api/v1/access": {
      get: operation({
        id: "listAccess",
        tag,
        summary: `Who may do and see what, by email address, ${accessPage} at a time; all of it as CSV`,
        permission: "access:read",
        parameters: [
          queryParameter("match", "Part of an address or a name.", text),
          queryParameter("role", "Of this role only.", { type: "string", enum: roles }),
          queryParameter("status", "In this state only.", { type: "string", enum: accessStatuses }),
          queryParameter("group", "In this group only.", { type: "string", format: "uuid" }),
          queryParameter("space", "Who may see rows of this space.", text),
          queryParameter("target", "Who may see rows of this target.", text),
          queryParameter("after", "`nextCursor` of the page before.", text),
          queryParameter("format", "`csv`: everybody who matches, in one file.", {
            type: "string",
            enum: ["json", "csv"],
          }),
        ],
        answers: {
          200: {
            description: "The page, or the file.",
            content: { ...json(schemaRef("AccessPage")), "text/csv": { schema: { type: "string" } } },
          },
        },
        errors: [400],
      }),
    },
  };
}
