import { callApi } from "@/components/logs/log-api.ts";

/** What a new deployment token is made of, before the server has checked it. */
export type Wish = {
  name: string;
  kind: string;
  settings: { [name: string]: string };
  hosts: number;
  expiresInHours: number;
};

/** @returns the token, which only this answer holds @throws ApiError */
export async function requestDeploymentToken(wish: Wish): Promise<string> {
  const { token } = await callApi<{ token: string }>("/deployment-tokens", {
    method: "POST",
    body: JSON.stringify(wish),
    headers: { "content-type": "application/json" },
  });
  return token;
}

/** @throws ApiError */
export async function requestDeletion(id: string, reason: string): Promise<void> {
  await callApi(`/deployment-tokens/${id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
}
