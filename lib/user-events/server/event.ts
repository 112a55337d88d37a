import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import type { UserEvent } from "./record.ts";

/** When a request began: the time that is recorded, and a clock for its duration. */
export type Started = { time: string; clock: number };

/** Of a principal what an event tells. */
type Known = Pick<
  Principal,
  "kind" | "id" | "name" | "email" | "organizationId" | "requestId" | "address" | "userAgent"
>;

/** The event of a request by somebody known. */
export function eventOf(
  principal: Known,
  {
    action,
    resource,
    started,
    status,
  }: { action: string; resource: string; started: Started; status: number },
): UserEvent {
  const { kind, id, name, email, organizationId, requestId, address, userAgent } = principal;
  return {
    organizationId,
    time: started.time,
    user: email,
    actorType: kind,
    actorId: id,
    ...(kind === "api-key" ? { actorName: name } : {}),
    action,
    resource,
    outcome: outcomeOf(status),
    status,
    ...(address === "" ? {} : { clientAddress: address }),
    ...(userAgent === "" ? {} : { userAgent }),
    durationUs: Math.round((performance.now() - started.clock) * 1000),
    requestId,
    count: 1,
  };
}

/** What the status of an answer says about how it went. */
export function outcomeOf(status: number): UserEvent["outcome"] {
  if (status === 401 || status === 403) return "denied";
  return status >= 400 ? "failure" : "success";
}
