import "server-only";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import type { Permission } from "@/lib/auth/roles.ts";
import { identify, requireOwnPage } from "@/lib/auth/server/authenticate.ts";
import { forbidden, Problem, problemResponse } from "@/lib/http/problem.ts";
import { requestFacts, resourceOf } from "@/lib/http/request-facts.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { countAnonymousFailure } from "./anonymous.ts";
import { eventOf } from "./event.ts";
import { recordUserEvent } from "./record.ts";

type Options = { permission?: Permission; enrolling?: boolean };

/**
 * Serves one API request: finds out who asks, refuses what they may not do, runs the handler, and writes the
 * user event *before* the answer leaves. Errors become problem documents. An answer that cannot be recorded
 * is not given.
 *
 * @param action names the event, as in `logs.list`
 * @param options.permission what the caller must be allowed to do, beside whatever the handler checks
 * @param options.enrolling for who must enrol a second factor before anything else too
 */
export async function asApi(
  request: Request,
  action: string,
  handler: (principal: Principal) => Promise<Response>,
  options: Options = {},
): Promise<Response> {
  const started = { time: nowInstant(), clock: performance.now() };
  const facts = requestFacts(request.headers);
  const resource = resourceOf(request.url);
  let principal: Principal;
  try {
    principal = { ...(await identify(request)), ...facts };
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      countAnonymousFailure({ action, resource, status: 401, address: facts.address });
    }
    return problemResponse(error, facts.requestId);
  }
  const response = await answer(request, principal, handler, options);
  try {
    await recordUserEvent(eventOf(principal, { action, resource, started, status: response.status }));
  } catch (error) {
    await response.body?.cancel();
    return problemResponse(error, facts.requestId);
  }
  // Next asks a GET handler for the head alone and never looks at the body: a stream would stay open for ever.
  if (request.method !== "HEAD" || !response.body) return response;
  await response.body.cancel();
  return new Response(null, response);
}

async function answer(
  request: Request,
  principal: Principal,
  handler: (principal: Principal) => Promise<Response>,
  { permission, enrolling = false }: Options,
): Promise<Response> {
  try {
    requireOwnPage(request, principal);
    if (principal.mustEnrol === true && !enrolling) {
      throw forbidden("Your organization asks for a second factor: set one up first, by a page of Daybook.");
    }
    if (permission !== undefined && !allows(principal, permission)) {
      throw forbidden(`This needs the permission ${permission}.`);
    }
    return await handler(principal);
  } catch (error) {
    return problemResponse(error, principal.requestId);
  }
}
