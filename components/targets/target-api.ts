import { callApi } from "@/components/logs/log-api.ts";

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
