import "server-only";
import { countFailure, isLocked } from "@/lib/auth/server/throttle.ts";
import { readFields } from "@/lib/http/body.ts";
import { Problem, problemResponse, unauthorized } from "@/lib/http/problem.ts";
import { type RequestFacts, requestFacts, resourceOf } from "@/lib/http/request-facts.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import { outcomeOf, type Started } from "@/lib/user-events/server/event.ts";
import { recordUserEvent } from "@/lib/user-events/server/record.ts";
import { deploymentLimits, type Paired } from "../deployment-token.ts";
import { pairWish } from "../deployment-token-wish.ts";
import { findDeploymentToken, type KnownToken, pairHost } from "./pair.ts";

const action = "deployment-token.pair";
const throttled = "pairing";

/**
 * Serves a host that pairs: its deployment token in `Authorization: Bearer`, its name in a form or in JSON. With
 * `Accept: text/plain` the answer is the token of its source alone, for a shell to keep. Failures of an address are
 * counted, whatever they are, and beyond {@link deploymentLimits} it has to wait.
 */
export async function servePairing(request: Request): Promise<Response> {
  try {
    return await serve(request);
  } catch (error) {
    return problemResponse(error, requestFacts(request.headers).requestId);
  }
}

async function serve(request: Request): Promise<Response> {
  const started = { time: nowInstant(), clock: performance.now() };
  const facts = requestFacts(request.headers);
  const resource = resourceOf(request.url);
  let known: KnownToken | undefined;
  let host = "";
  try {
    if (await isLocked(throttled, facts.address)) throw tooMany();
    known = await requireToken(request.headers);
    ({ host } = await readFields(request, pairWish));
    const paired = await pairHost(known, host, facts);
    await recordPairing(known, host, { facts, resource, started, status: 201 });
    return answer(request, paired);
  } catch (error) {
    const problem = problemResponse(error, facts.requestId);
    const { status } = problem;
    if (status < 429) await countFailure(throttled, facts.address, deploymentLimits.failures);
    if (known) await recordPairing(known, host, { facts, resource, started, status });
    else countAnonymousFailure({ action, resource, status, address: facts.address });
    return problem;
  }
}

/** A token in the query, in a cookie or of another kind is none. @throws Problem 401, the same for all of them */
async function requireToken(headers: Headers): Promise<KnownToken> {
  const [, token = ""] = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
  const known = await findDeploymentToken(token);
  if (!known) throw unauthorized("Send a deployment token as Authorization: Bearer.");
  return known;
}

function tooMany(): Problem {
  const { lockMinutes } = deploymentLimits.failures;
  return new Problem(429, "Too many pairings from this address have failed: come back later.", {
    headers: { "retry-after": String(lockMinutes * 60) },
  });
}

function answer(request: Request, paired: Paired): Response {
  if (!/^text\/plain\b/i.test(request.headers.get("accept") ?? "")) {
    return Response.json(paired, { status: 201, headers: noStore });
  }
  const headers = { ...noStore, "content-type": "text/plain; charset=utf-8" };
  return new Response(`${paired.token}\n`, { status: 201, headers });
}

/** A host is no person, and before it has paired no source either. */
async function recordPairing(
  { id, organizationId, name }: KnownToken,
  host: string,
  {
    facts,
    resource,
    started,
    status,
  }: { facts: RequestFacts; resource: string; started: Started; status: number },
): Promise<void> {
  const { address, userAgent, requestId } = facts;
  await recordUserEvent({
    organizationId,
    time: started.time,
    user: host === "" ? name : host,
    actorType: "service-account",
    actorId: id,
    actorName: name,
    action,
    resource,
    outcome: outcomeOf(status),
    status,
    ...(address !== "" && { clientAddress: address }),
    ...(userAgent !== "" && { userAgent }),
    durationUs: Math.round((performance.now() - started.clock) * 1000),
    requestId,
    count: 1,
  });
}
