import "server-only";
import { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { baseOptions } from "@/lib/auth/server/next-auth-base.ts";
import { openSessionCookie, sessionCookieOf } from "@/lib/auth/server/session-cookie.ts";
import { env } from "@/lib/env.ts";
import { readText } from "@/lib/http/body.ts";
import { isUuid } from "@/lib/http/id.ts";
import { badRequest, forbidden, notFound, Problem } from "@/lib/http/problem.ts";
import { type RequestFacts, requestFacts } from "@/lib/http/request-facts.ts";
import { requireSameOrigin } from "@/lib/http/same-origin.ts";
import { log } from "@/lib/log.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import { eventOf, type Started } from "@/lib/user-events/server/event.ts";
import { recordUserEvent } from "@/lib/user-events/server/record.ts";
import type { RefusalReason } from "../refusal.ts";
import { discover } from "./discovery.ts";
import { type Exchange, openIdProvider } from "./openid.ts";
import { findProvider, type Provider } from "./providers.ts";
import { recordUnproven, type SsoResult, signInWithProvider } from "./sign-in.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

const formLimit = 16 * 1024;
/** What a provider's answer holds that matters (RFC 6749, 9207); others, as Google's, are dropped. */
const answered = ["code", "state", "iss", "error", "error_description"];
/** Characters that one of them has at most. */
const answerLength = 4096;

/** Of the paths below /api/auth, those of single sign-on: `POST signin/{provider}`, `GET callback/{provider}`. */
export function isSingleSignOn(method: string, path: readonly string[]): boolean {
  const [action, id = ""] = path;
  return path.length === 2 && isUuid(id) && `${method} ${action}` in served;
}

const served: { [what: string]: typeof begin } = { "POST signin": begin, "GET callback": finish };

/** Serves the two steps of signing in with a provider. @throws Problem */
export async function serveSingleSignOn(
  request: NextRequest,
  context: Context,
  started: Started,
): Promise<Response> {
  const { nextauth } = await context.params;
  const [action = "", id = ""] = nextauth;
  const found = await findProvider(id);
  const serve = served[`${request.method} ${action}`];
  if (!found || !serve) throw notFound("There is no such identity provider.");
  return await serve({ request, context, started, ...found });
}

type Step = {
  request: NextRequest;
  context: Context;
  started: Started;
  provider: Provider;
  clientSecret: string;
};

/** The button was pressed: answers `{url}`, to which the page goes, and leaves PKCE, state and nonce in cookies. */
async function begin({ request, context, ...found }: Step): Promise<Response> {
  requireSameOrigin(request);
  if (request.nextUrl.search !== "")
    throw badRequest([{ parameter: "query", reason: "is not a part of signing in" }]);
  const body = await readText(request, formLimit);
  const discovered = await discover(found.provider);
  const form = new NextRequest(request.url, { method: "POST", headers: request.headers, body });
  const provider = openIdProvider(found, discovered, {});
  const response: Response = await NextAuth(form, context, baseOptions([provider]));
  const { url }: { url?: string } = await response.clone().json();
  // next-auth leads back to its own page when the form's token is not this browser's.
  if (url === undefined || !url.startsWith(discovered.discovery.authorization_endpoint))
    throw forbidden("The sign-in form is out of date. Load the page again.");
  return response;
}

/** The person comes back from the provider. Whatever is wrong leads to one page, which says little. */
async function finish({ request, context, started, ...found }: Step): Promise<Response> {
  const { provider } = found;
  const facts = requestFacts(request.headers);
  const replaces = await openSessionCookie(sessionCookieOf(request.headers));
  const exchange: Exchange = {};
  const discovered = await discover(provider).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  if (!discovered) return refusal(new Response(), "provider", facts);
  const outcome: { result?: SsoResult; error?: unknown } = {};
  const faults: unknown[] = [];
  const options = baseOptions([openIdProvider(found, discovered, exchange)], {
    signIn: async ({ user }) => {
      if (!exchange.claims) return false;
      try {
        outcome.result = await signInWithProvider(provider, exchange.claims, facts, replaces);
      } catch (error) {
        // next-auth would put the text of any error into a URL.
        outcome.error = error;
        return false;
      }
      if ("refused" in outcome.result) return false;
      user.id = outcome.result.sessionId;
      return true;
    },
    onFault: (metadata) => faults.push(metadata),
  });
  const response: Response = await NextAuth(answerOf(request), context, options);
  if (outcome.error !== undefined) throw outcome.error;
  const event = {
    action: "session.sign-in",
    resource: new URL(request.url).pathname,
  };
  if (outcome.result && "sessionId" in outcome.result) {
    const principal = await principalOfSession(outcome.result.sessionId, request.headers);
    if (!principal) throw forbidden("The account was disabled a moment ago.");
    await recordUserEvent(eventOf({ ...principal, ...facts }, { ...event, started, status: 200 }));
    return response;
  }
  const { organizationId } = provider;
  countAnonymousFailure({ ...event, status: 401, address: facts.address, organizationId });
  return refusal(response, outcome.result ? "account" : await unproven(provider, facts, faults), facts);
}

/** Why nobody is known after the provider's answer, on record as far as the record can bear it. */
async function unproven(
  provider: Provider,
  facts: RequestFacts,
  faults: readonly unknown[],
): Promise<RefusalReason> {
  const reason = reasonOf(faults);
  // A browser that brings no cookie of ours was never sent to the provider, or too long ago.
  if (/cookie was missing|could not be parsed/.test(reason)) return "expired";
  log().warn({ provider: provider.id, reason }, "an identity provider's answer was refused");
  if (mayRecord(provider.id)) await recordUnproven(provider, facts, reason);
  return "provider";
}

/** Answers that prove nothing can be sent in by anybody: so many of a provider are on record in so long. */
const recordLimit = { rows: 20, windowMs: 15 * 60_000 };
const recorded = new Map<string, number[]>();

function mayRecord(providerId: string): boolean {
  const since = Date.now() - recordLimit.windowMs;
  const recent = (recorded.get(providerId) ?? []).filter((time) => time > since);
  const may = recent.length < recordLimit.rows;
  recorded.set(providerId, may ? [...recent, Date.now()] : recent);
  return may;
}

/** The text of the innermost error that next-auth logged; it is partly the provider's. */
function reasonOf(faults: readonly unknown[]): string {
  let text = "the provider's answer could not be verified";
  for (let fault = faults.at(-1); fault instanceof Error || isWrapped(fault); ) {
    if (fault instanceof Error) {
      text = fault instanceof Problem ? fault.detail : fault.message;
      fault = fault.cause;
    } else fault = fault.error;
  }
  return text.replace(/\p{Cc}/gu, " ").slice(0, 300);
}

function isWrapped(fault: unknown): fault is { error: unknown } {
  return typeof fault === "object" && fault !== null && "error" in fault;
}

/** The provider's answer without what is not of it. @throws Problem 400 for a part that is too long or there twice */
function answerOf(request: NextRequest): NextRequest {
  const url = new URL(request.url);
  const { searchParams } = url;
  const query = new URLSearchParams();
  for (const name of answered) {
    const [value, ...more] = searchParams.getAll(name);
    if (more.length > 0) throw badRequest([{ parameter: name, reason: "must be there once" }]);
    if (value !== undefined && value.length > answerLength)
      throw badRequest([{ parameter: name, reason: `must have at most ${answerLength} characters` }]);
    if (value !== undefined) query.set(name, value);
  }
  url.search = query.toString();
  return new NextRequest(url, { headers: request.headers });
}

/** Leads to the page of refusals, and takes the cookies of this try away as next-auth does. */
function refusal(response: Response, reason: RefusalReason, { requestId }: RequestFacts): Response {
  const query = new URLSearchParams({ reason, request: requestId });
  const headers = new Headers({
    location: new URL(`/sign-in/refused?${query}`, env().NEXTAUTH_URL).href,
    "cache-control": "no-store",
  });
  for (const cookie of response.headers.getSetCookie())
    if (/=;/.test(cookie)) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}
