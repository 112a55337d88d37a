import "server-only";
import { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { readText } from "@/lib/http/body.ts";
import { badRequest, forbidden, notFound, problemResponse, unauthorized } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { requireSameOrigin } from "@/lib/http/same-origin.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { isSingleSignOn, serveSingleSignOn } from "@/lib/sso/server/route.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import { eventOf, type Started } from "@/lib/user-events/server/event.ts";
import { recordUserEvent } from "@/lib/user-events/server/record.ts";
import { secondStepMinutes } from "../second-factor.ts";
import { principalOfSession } from "./authenticate.ts";
import { authOptions, type SignInAttempt } from "./next-auth.ts";
import {
  challengeCookie,
  cookieName,
  cookieOf,
  openSessionCookie,
  sessionCookieOf,
} from "./session-cookie.ts";
import type { CodeNeeded } from "./sign-in.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

/** Of what next-auth serves, Daybook uses these; the rest would only be more to defend. */
const served = new Set(["GET csrf", "POST callback/credentials"]);
/** Bytes of a sign-in form: a password of 1024 characters, percent-encoded, and what goes with it. */
const formLimit = 32 * 1024;
const action = "session.sign-in";
const resource = "/api/auth/callback/credentials";

/** Serves next-auth's part of signing in, and records how it went before the answer leaves. */
export async function serveNextAuth(request: NextRequest, context: Context): Promise<Response> {
  const started = { time: nowInstant(), clock: performance.now() };
  const facts = requestFacts(request.headers);
  try {
    const { nextauth } = await context.params;
    if (isSingleSignOn(request.method, nextauth)) {
      refuseForeignCookie(request);
      return await serveSingleSignOn(request, context, started);
    }
    if (!served.has(`${request.method} ${nextauth.join("/")}`))
      throw notFound("There is nothing at this path.");
    refuseAddresses(request);
    const attempt: SignInAttempt = {
      facts,
      replaces: await openSessionCookie(sessionCookieOf(request.headers)),
      challenge: cookieOf(request.headers, "challenge"),
    };
    if (request.method === "GET") return await NextAuth(request, context, authOptions(attempt));
    requireSameOrigin(request);
    const body = await readText(request, formLimit);
    const form = new NextRequest(request.url, { method: "POST", headers: request.headers, body });
    const response: Response = await NextAuth(form, context, authOptions(attempt));
    return await recordAttempt(attempt, request.headers, started, response);
  } catch (error) {
    return problemResponse(error, facts.requestId);
  }
}

/** next-auth takes a bad address to go on to for a fault of the server, and Daybook gives it none. @throws Problem 400 */
function refuseAddresses(request: NextRequest): void {
  const { nextUrl } = request;
  const unknown = [...new Set(nextUrl.searchParams.keys())];
  if (unknown.length > 0) {
    throw badRequest(unknown.map((parameter) => ({ parameter, reason: "is not a parameter of signing in" })));
  }
  refuseForeignCookie(request);
}

/** @throws Problem 400 */
function refuseForeignCookie({ cookies }: NextRequest): void {
  const parameter = cookieName("callback");
  const kept = cookies.get(parameter)?.value;
  if (kept === undefined || kept === "" || (URL.canParse(kept) && /^https?:/i.test(kept))) return;
  throw badRequest([{ parameter, reason: "is a cookie that Daybook did not set; delete it" }]);
}

/**
 * Writes how an attempt went, and gives its answer: next-auth's, unless a code is owed.
 *
 * @throws what made the attempt fail when that was neither a secret that is wrong nor a lock
 */
async function recordAttempt(
  attempt: SignInAttempt,
  headers: Headers,
  started: Started,
  response: Response,
): Promise<Response> {
  const { error, result, facts } = attempt;
  if (error !== undefined) throw error;
  // next-auth does not come to the password when the token of its form is missing or not this browser's.
  if (!result) throw forbidden("The sign-in form is out of date. Load the page again.");
  if ("refused" in result) {
    const status = result.refused === "locked" ? 429 : 401;
    countAnonymousFailure({ action, resource, status, address: facts.address });
    if (result.refused !== "expired") return response;
    throw unauthorized(
      `Sign in with your password again: a code is taken for ${secondStepMinutes} minutes after it, by the same browser.`,
    );
  }
  if ("codeNeeded" in result) return await askForCode(result.codeNeeded, attempt, started);
  const principal = await principalOfSession(result.signedIn.sessionId, headers);
  if (!principal) throw forbidden("The account was disabled a moment ago.");
  const event = { action, resource, started, status: 200 };
  await recordUserEvent(eventOf({ ...principal, ...facts }, event));
  if (attempt.challenge !== undefined) response.headers.append("set-cookie", challengeCookie(""));
  return response;
}

/** The password was right: the browser gets what lets it send the code, and no session. */
async function askForCode(
  { token, userId, email, organizationId }: CodeNeeded,
  { facts }: SignInAttempt,
  started: Started,
): Promise<Response> {
  const person = { kind: "user", id: userId, name: email, email, organizationId, ...facts } as const;
  await recordUserEvent(eventOf(person, { action: "session.password", resource, started, status: 200 }));
  const headers = { "set-cookie": challengeCookie(token), "cache-control": "no-store" };
  return Response.json({ next: "code" }, { headers });
}
