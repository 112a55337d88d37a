import "server-only";
import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { cache } from "react";
import { pageFault } from "@/lib/http/page-fault.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { signInPath } from "../next-path.ts";
import type { CurrentUser, Principal } from "../principal.ts";
import type { Role } from "../roles.ts";
import { enrolmentPath } from "../second-factor.ts";
import { principalOfCookie } from "./authenticate.ts";

/** The person of this request's session, looked up once per request; null when nobody is signed in. */
export const currentPrincipal = cache(async (): Promise<Principal | null> => {
  const given = await headers();
  try {
    return (await principalOfCookie(given)) ?? null;
  } catch (error) {
    throw pageFault(error, requestFacts(given).requestId);
  }
});

/** The person who is signed in, for pages and layouts; null when nobody is. */
export async function currentUser(): Promise<CurrentUser | null> {
  const principal = await currentPrincipal();
  return principal && userOf(principal);
}

/**
 * The person who is signed in, or a redirect to the sign-in page.
 *
 * @param path where to come back to; without it, the path the server names
 */
export async function requireUser(path?: string): Promise<CurrentUser> {
  return userOf(await requirePrincipal(path));
}

/**
 * As {@link requireUser}, with everything that data access wants to know. Who has to enrol a second factor first is
 * led there.
 *
 * @param options.enrolling for the pages where that is done
 */
export async function requirePrincipal(
  path?: string,
  { enrolling = false }: { enrolling?: boolean } = {},
): Promise<Principal> {
  const principal = await currentPrincipal();
  const back = async () => path ?? (await headers()).get("x-daybook-path") ?? "/";
  if (!principal) redirect(signInPath(await back()));
  if (principal.mustEnrol && !enrolling) {
    redirect(`${enrolmentPath}?${new URLSearchParams({ next: await back() })}`);
  }
  return principal;
}

/** The person, when of one of the roles; else the page for what is not allowed (403). */
export async function requireRole(...allowed: readonly [Role, ...Role[]]): Promise<CurrentUser> {
  const user = await requireUser();
  if (!allowed.includes(user.role)) forbidden();
  return user;
}

function userOf(principal: Principal): CurrentUser {
  const { id, email, name, logins, role, sharedOnly, reach, organizationId, organizationName, sessionId } =
    principal;
  if (sessionId === undefined) throw new Error("A page was asked for without a session");
  const mustEnrol = principal.mustEnrol === true;
  return {
    id,
    email,
    name,
    logins,
    role,
    sharedOnly,
    reach,
    organizationId,
    organizationName,
    sessionId,
    mustEnrol,
  };
}
