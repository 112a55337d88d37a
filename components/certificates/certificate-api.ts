import { callApi } from "@/components/logs/log-api.ts";
import type { NewCertificate } from "@/lib/certificates/certificate.ts";

function send<Answer>(path: string, method: string, body?: object): Promise<Answer> {
  return callApi(`/sources/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
}

/** @returns the certificate with its key, which only this answer holds @throws ApiError */
export function requestCertificate(
  sourceId: string,
  wish: { name: string; days: number },
): Promise<NewCertificate> {
  return send(`${sourceId}/certificates`, "POST", wish);
}

/** @returns the certificate in place of the other, with its key @throws ApiError */
export function requestCertificateRenewal(
  sourceId: string,
  id: string,
  reason: string,
): Promise<NewCertificate> {
  return send(`${sourceId}/certificates/${id}`, "POST", { reason });
}

/** @throws ApiError */
export function requestRevocation(sourceId: string, id: string, reason: string): Promise<void> {
  return send(`${sourceId}/certificates/${id}?${new URLSearchParams({ reason })}`, "DELETE");
}
