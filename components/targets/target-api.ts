import { callApi } from "@/components/logs/log-api.ts";
import type { DeletedTarget } from "@/lib/targets/target-line.ts";

/** Which of the two lists something stands in, as in its path. */
export type ListName = "targets" | "spaces";

/** @throws ApiError */
export function requestDescription(list: ListName, id: string, description: string): Promise<void> {
  return callApi(`/${list}/${id}`, {
    method: "PATCH",
    body: JSON.stringify({ description }),
    headers: { "content-type": "application/json" },
  });
}

/** Deletes a target and ends its connections. @throws ApiError */
export function requestDeletion(id: string, reason: string): Promise<DeletedTarget> {
  return callApi(`/targets/${id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
}
