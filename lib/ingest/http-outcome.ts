import type { DraftOf } from "./rows.ts";

/** How a request ended: 401 and 403 were denied, others from 400 failed, and so did one without an answer. */
export function httpOutcome(status: number): Pick<DraftOf<"session-requests">, "outcome" | "status"> {
  if (!Number.isInteger(status) || status < 100 || status > 999) return { outcome: "failure" };
  if (status === 401 || status === 403) return { outcome: "denied", status };
  return { outcome: status >= 400 ? "failure" : "success", status };
}
