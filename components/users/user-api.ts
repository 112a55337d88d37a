import { callApi } from "@/components/logs/log-api.ts";
import type { Role } from "@/lib/auth/roles.ts";
import type { DeletedUser, Invitation, UserLine } from "@/lib/users/user.ts";

/** Whom to invite, before the server has checked it. */
export type Wish = {
  email: string;
  name: string;
  role: Role;
  logins: string[];
  sharedOnly: boolean;
  globalScope: boolean;
  groupIds: string[];
};

export type Change = Partial<Omit<Wish, "email">> & { status?: "active" | "disabled"; reason?: string };

function send<Answer>(path: string, method: string, body: object): Promise<Answer> {
  return callApi(`/users${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** @throws ApiError */
export function requestInvitation(wish: Wish): Promise<Invitation> {
  return send("", "POST", wish);
}

/** @throws ApiError */
export function requestResend(id: string): Promise<Invitation> {
  return callApi(`/users/${id}/invitation`, { method: "POST" });
}

/** @throws ApiError */
export function requestUser(id: string): Promise<UserLine> {
  return callApi(`/users/${id}`);
}

/** @param version of the account as it was seen @throws ApiError 409 when it is another by now */
export function requestChange(id: string, version: number, change: Change): Promise<UserLine> {
  return send(`/${id}`, "PATCH", { version, ...change });
}

/** @throws ApiError */
export function requestDeletion(id: string, version: number, reason: string): Promise<DeletedUser> {
  const query = new URLSearchParams({ version: String(version), reason });
  return callApi(`/users/${id}?${query}`, { method: "DELETE" });
}
