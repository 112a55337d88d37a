import "server-only";
import type { Actor } from "@/lib/audit/server/record.ts";
import { providerActor } from "@/lib/sso/server/actor.ts";
import type { Provider } from "@/lib/sso/server/providers.ts";

/** Whose token a request came with: all that it may reach is this provider's. */
export type ScimContext = {
  provider: Provider;
  requestId: string;
  /** A PATCH gives all of a resource as it shall be: a list that is not there is an empty one. */
  patches?: true;
};

/** The provider as the initiator, with the request beside it. */
export function actorOf({ provider, requestId }: ScimContext): Actor {
  return { ...providerActor(provider), custom: { requestId } };
}

const waiting = new Map<string, Promise<unknown>>();

/**
 * Runs the changes of one provider one after the other. A PATCH reads a resource, changes it and writes all of it:
 * of two at once, one would be lost.
 */
export async function inTurn<T>(providerId: string, work: () => Promise<T>): Promise<T> {
  const before = waiting.get(providerId) ?? Promise.resolve();
  const mine = before.then(work, work);
  waiting.set(providerId, mine);
  try {
    return await mine;
  } finally {
    if (waiting.get(providerId) === mine) waiting.delete(providerId);
  }
}
