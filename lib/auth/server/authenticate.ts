import "server-only";
import { unauthorized } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { requireSameOrigin } from "@/lib/http/same-origin.ts";
import type { Principal } from "../principal.ts";
import { permissionsOf, permissionsWithin } from "../roles.ts";
import { findTokenHolder } from "./api-tokens.ts";
import { openSessionCookie, sessionCookieOf } from "./session-cookie.ts";
import { findSession } from "./sessions.ts";

/**
 * Who makes a request to a route handler: the holder of a token in `Authorization: Bearer` or
 * `x-access-token`, else the person of the session cookie. A request that sends a token is judged by it alone.
 * With a cookie, whatever is not a read must come from Daybook's own pages.
 *
 * @throws Problem 401 when nobody is known, 403 when a request with a cookie comes from elsewhere
 */
export async function authenticate(request: Request): Promise<Principal> {
  const principal = await identify(request);
  requireOwnPage(request, principal);
  return principal;
}

/** Refuses requests that another site's page could have made with this browser's cookie. @throws Problem 403 */
export function requireOwnPage(request: Request, principal: Principal): void {
  if (principal.kind === "user") requireSameOrigin(request);
}

/** As {@link authenticate}, without the look at where the request comes from. @throws Problem 401 */
export async function identify(request: Pick<Request, "headers">): Promise<Principal> {
  const token = tokenOf(request.headers);
  if (token !== undefined) {
    const holder = await findTokenHolder(token);
    if (!holder) throw unauthorized("The API token is not valid: unknown, expired or revoked.");
    return { ...holder, ...requestFacts(request.headers) };
  }
  const principal = await principalOfCookie(request.headers);
  if (!principal) throw unauthorized();
  return principal;
}

/** The person of a valid session cookie; undefined without one. */
export async function principalOfCookie(headers: Pick<Headers, "get">): Promise<Principal | undefined> {
  const sessionId = await openSessionCookie(sessionCookieOf(headers));
  return sessionId === undefined ? undefined : await principalOfSession(sessionId, headers);
}

/** The person of a valid session, with the facts of the request that these headers belong to. */
export async function principalOfSession(
  sessionId: string,
  headers: Pick<Headers, "get">,
): Promise<Principal | undefined> {
  const user = await findSession(sessionId);
  return (
    user && {
      ...user,
      kind: "user",
      userId: user.id,
      scopes: user.mustEnrol ? ["sign-in:manage-own"] : permissionsWithin(permissionsOf(user.role), user),
      ...requestFacts(headers),
    }
  );
}

/** @throws Problem 401 when the header holds something other than a bearer token */
function tokenOf(headers: Headers): string | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (token === undefined) throw unauthorized("Authorization must be: Bearer, a blank and the token.");
    return token;
  }
  return headers.get("x-access-token")?.trim();
}
