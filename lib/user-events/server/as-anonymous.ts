import "server-only";
import { Problem, problemResponse } from "@/lib/http/problem.ts";
import { type RequestFacts, requestFacts, resourceOf } from "@/lib/http/request-facts.ts";
import { requireSameOrigin } from "@/lib/http/same-origin.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { countAnonymousFailure } from "./anonymous.ts";
import { recordUserEvent } from "./record.ts";

/** Whom a request turned out to come from: somebody who holds a link. */
type Person = { id: string; email: string; organizationId: string };

/**
 * Serves a request of somebody who is not signed in, from one of Daybook's own pages, and records it before the
 * answer leaves: under the person whom the handler names, else in the sums of those whom nobody knows.
 *
 * @param action names the event, as in `user.activate`
 */
export async function asAnonymous(
  request: Request,
  action: string,
  handler: (facts: RequestFacts) => Promise<{ response: Response; person?: Person }>,
): Promise<Response> {
  const started = { time: nowInstant(), clock: performance.now() };
  const facts = requestFacts(request.headers);
  const { address, userAgent, requestId } = facts;
  const resource = resourceOf(request.url);
  try {
    requireSameOrigin(request);
    const { response, person } = await handler(facts);
    if (!person) {
      countAnonymousFailure({ action, resource, status: response.status, address });
      return response;
    }
    await recordUserEvent({
      organizationId: person.organizationId,
      time: started.time,
      user: person.email,
      actorType: "user",
      actorId: person.id,
      action,
      resource,
      outcome: "success",
      status: response.status,
      ...(address === "" ? {} : { clientAddress: address }),
      ...(userAgent === "" ? {} : { userAgent }),
      durationUs: Math.round((performance.now() - started.clock) * 1000),
      requestId,
      count: 1,
    });
    return response;
  } catch (error) {
    const status = error instanceof Problem ? error.status : 500;
    countAnonymousFailure({ action, resource, status, address });
    return problemResponse(error, requestId);
  }
}
