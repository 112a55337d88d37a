import { callApi } from "@/components/logs/log-api.ts";
import type { ProviderItem, ProviderSettings, ProviderTest } from "@/lib/sso/provider.ts";

function send<Answer>(path: string, method: string, body: object): Promise<Answer> {
  return callApi(`/identity-providers${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** @throws ApiError */
export function requestProvider(
  wish: ProviderSettings & { id: string; clientSecret: string },
): Promise<ProviderItem> {
  return send("", "POST", wish);
}

/** @param clientSecret undefined leaves the one that is there @throws ApiError */
export function requestChange(
  id: string,
  settings: ProviderSettings & { clientSecret?: string },
  reason: string,
): Promise<ProviderItem> {
  return send(`/${id}`, "PUT", { ...settings, reason });
}

/** @throws ApiError */
export function requestTest(
  probe: Pick<ProviderSettings, "issuer" | "signingAlgorithm" | "groupsClaim">,
): Promise<ProviderTest> {
  return send("/test", "POST", probe);
}

/** @throws ApiError */
export async function requestRemoval(id: string, reason: string): Promise<void> {
  await callApi(`/identity-providers/${id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
}

/** @returns the token, which only this answer holds @throws ApiError */
export async function requestToken(id: string): Promise<string> {
  const { token } = await send<{ token: string }>(`/${id}/provisioning-token`, "POST", {});
  return token;
}

/** @throws ApiError */
export async function requestRevocation(id: string, reason: string): Promise<void> {
  const query = new URLSearchParams({ reason });
  await callApi(`/identity-providers/${id}/provisioning-token?${query}`, { method: "DELETE" });
}
