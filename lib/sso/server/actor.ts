import "server-only";
import type { Actor } from "@/lib/audit/server/record.ts";
import type { Provider } from "./providers.ts";

/** A provider as the initiator of what it does by itself: the record calls K1 by that name, others by their own. */
export function providerActor({ organizationId, id, kind, name }: ProviderName): Actor {
  return {
    organizationId,
    initiator: providerName({ kind, name }),
    initiatorType: "external-system",
    initiatorId: id,
  };
}

type ProviderName = Pick<Provider, "organizationId" | "id" | "kind" | "name">;

export function providerName({ kind, name }: Pick<Provider, "kind" | "name">): string {
  return kind === "k1" ? "K1" : name;
}
