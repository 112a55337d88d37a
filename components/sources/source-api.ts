import { ApiError, callApi } from "@/components/logs/log-api.ts";

/** What a new source is made of, before the server has checked it. */
export type Wish = { name: string; kind: string; settings: { [name: string]: string } };

type Made = { id: string; token: string };

function send<Answer>(path: string, method: string, body: object): Promise<Answer> {
  return callApi(`/sources${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** @returns the id, and the token that only this answer holds @throws ApiError */
export function requestSource(wish: Wish): Promise<Made> {
  return send("", "POST", wish);
}

/** @returns the new token, which only this answer holds @throws ApiError */
export function requestRenewal(id: string, reason: string): Promise<Made> {
  return send(`/${id}/token`, "POST", { reason });
}

/** @param reason empty for none @throws ApiError */
export function requestStop(id: string, disabled: boolean, reason: string): Promise<void> {
  return send(`/${id}`, "PATCH", { disabled, ...(reason !== "" && { reason }) });
}

/** @throws ApiError */
export function requestSettings(id: string, settings: { [name: string]: string }): Promise<void> {
  return send(`/${id}`, "PATCH", { settings });
}

/** @returns how many rows the record made @throws ApiError 409 when it still cannot be understood */
export async function requestReplay(sourceId: string, recordId: string): Promise<number> {
  const answer = await send<{ rows: number }>(`/${sourceId}/quarantine/${recordId}`, "POST", {
    action: "replay",
  });
  return answer.rows;
}

/** @throws ApiError */
export async function requestDismissal(sourceId: string, recordId: string, reason: string): Promise<void> {
  await send(`/${sourceId}/quarantine/${recordId}`, "POST", { action: "dismiss", reason });
}

/**
 * What the reader is told of a refusal. Where the server itself failed, the request id leads to its log.
 * @throws what is no refusal
 */
export function faultText(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  const { message, status, requestId } = error;
  return status < 500 || requestId === undefined ? message : `${message} (request ${requestId})`;
}
