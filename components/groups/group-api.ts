import { callApi } from "@/components/logs/log-api.ts";
import type { Group, GroupScope } from "@/lib/groups/group.ts";

/** What the form of a group holds. */
export type GroupFields = GroupScope & { name: string; description: string };

function send(path: string, method: "POST" | "PATCH", body: object): Promise<Group> {
  return callApi(path, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** @throws ApiError */
export function requestGroup(fields: GroupFields): Promise<Group> {
  return send("/groups", "POST", fields);
}

/** @param version of the group as the reader saw it @throws ApiError */
export function requestChange(id: string, version: number, fields: GroupFields): Promise<Group> {
  return send(`/groups/${id}`, "PATCH", { version, ...fields });
}

/** @throws ApiError */
export function requestDeletion(id: string, reason: string): Promise<void> {
  return callApi(`/groups/${id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
}

/** Gives somebody the global scope, or takes it. @throws ApiError */
export function requestGlobalScope(user: string, globalScope: boolean): Promise<void> {
  return callApi(`/users/${user}/scope`, {
    method: "PUT",
    body: JSON.stringify({ globalScope }),
    headers: { "content-type": "application/json" },
  });
}

/** @param user an address @throws ApiError */
export function requestMember(id: string, user: string): Promise<Group> {
  return send(`/groups/${id}/members`, "POST", { user });
}

/** @param user an id @throws ApiError */
export function requestRemoval(id: string, user: string): Promise<Group> {
  return callApi(`/groups/${id}/members/${user}`, { method: "DELETE" });
}
