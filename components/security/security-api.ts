import { callApi } from "@/components/logs/log-api.ts";
import type { NewSecret, Proof } from "@/lib/auth/second-factor.ts";

type RecoveryCodes = { recoveryCodes: string[] };

function send<Answer>(path: string, method: string, body?: object): Promise<Answer> {
  return callApi(`/me${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
}

/** @throws ApiError */
export function requestSecret(proof: Proof): Promise<NewSecret> {
  return send("/second-factor", "POST", proof);
}

/** @returns recovery codes, which only this answer holds @throws ApiError */
export async function requestConfirmation(code: string): Promise<string[]> {
  return (await send<RecoveryCodes>("/second-factor", "PUT", { code })).recoveryCodes;
}

/** @throws ApiError */
export function requestRemoval(code: string): Promise<void> {
  return send("/second-factor/removal", "POST", { code });
}

/** @returns recovery codes, which only this answer holds @throws ApiError */
export async function requestRecoveryCodes(proof: Proof): Promise<string[]> {
  return (await send<RecoveryCodes>("/recovery-codes", "POST", proof)).recoveryCodes;
}

/** @throws ApiError */
export function requestSessionEnd(id: string): Promise<void> {
  return send(`/sessions/${id}`, "DELETE");
}

/** @returns how many @throws ApiError */
export async function requestOthersEnd(): Promise<number> {
  return (await send<{ ended: number }>("/sessions", "DELETE")).ended;
}
