import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { identify } from "@/lib/auth/server/authenticate.ts";
import { apiFault } from "@/lib/http/api-routes.ts";
import type { NodeRequestContext } from "@/lib/http/node-routes.ts";
import { Problem, problemResponse } from "@/lib/http/problem.ts";
import { resourceOf } from "@/lib/http/request-facts.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { countAnonymousFailure } from "./anonymous.ts";
import { eventOf } from "./event.ts";
import { recordUserEvent } from "./record.ts";

/** All that is below this path is answered, or refused, for programs. */
export const apiPath = "/api";

/**
 * Hands requests of the API on to Next, and refuses those that name no route (404) or take another method than
 * the route has (405) with a problem document; like every request they are recorded first.
 */
export async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  context: NodeRequestContext,
): Promise<void> {
  const { url = "/", method = "" } = request;
  const [path = "/"] = url.split("?", 1);
  const fault = apiFault(path, method);
  if (!fault) return await context.pass();
  const problem = await record(request, resourceOf(url), fault, context).then(
    () => problemResponse(fault, context.requestId),
    (error: unknown) => problemResponse(error, context.requestId),
  );
  const body = Buffer.from(await problem.arrayBuffer());
  const headers = { ...Object.fromEntries(problem.headers), "content-length": body.length };
  response.writeHead(problem.status, headers);
  response.end(method === "HEAD" ? undefined : body);
  // The rest of a body that nobody wants is thrown away, so that the connection can be used again.
  request.resume();
}

async function record(
  request: IncomingMessage,
  resource: string,
  { status }: Problem,
  { address }: NodeRequestContext,
): Promise<void> {
  const started = { time: nowInstant(), clock: performance.now() };
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === "string") headers.set(name, value);
  }
  const action = status === 405 ? "api.wrong-method" : "api.unknown-path";
  try {
    const principal = await identify({ headers });
    await recordUserEvent(eventOf(principal, { action, resource, started, status }));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    countAnonymousFailure({ action, resource, status, address });
  }
}
