import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import type { Actor } from "./record.ts";

/** The initiator of a workflow: the person, and for an API token the person behind it with the token beside. */
export function actorOf(principal: Principal): Actor {
  const { organizationId, email, userId, kind, id, name } = principal;
  return {
    organizationId,
    initiator: email,
    initiatorType: "tenant-user",
    initiatorId: userId,
    ...(kind === "api-key" ? { custom: { apiToken: { id, name } } } : {}),
  };
}
