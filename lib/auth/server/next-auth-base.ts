import "server-only";
import type { AuthOptions } from "next-auth";
import { env } from "@/lib/env.ts";
import { log } from "@/lib/log.ts";
import { safeNext } from "../next-path.ts";
import { cookieMaxAge, cookieName, cookieOptions, isSecure } from "./session-cookie.ts";

/** What single sign-on adds to {@link baseOptions}. */
type Hooks = {
  /** Whether the person is signed in; it sets `user.id` to the id of the session. */
  signIn?: NonNullable<AuthOptions["callbacks"]>["signIn"];
  /** Told of what next-auth logs as an error. */
  onFault?: (metadata: unknown) => void;
};

/** next-auth for one request, with a token that holds the id of a session and nothing else. */
export function baseOptions(providers: AuthOptions["providers"], hooks: Hooks = {}): AuthOptions {
  const options = cookieOptions();
  const named = (purpose: Parameters<typeof cookieName>[0]) => ({ name: cookieName(purpose), options });
  return {
    secret: env().NEXTAUTH_SECRET,
    useSecureCookies: isSecure(),
    session: { strategy: "jwt", maxAge: cookieMaxAge },
    jwt: { maxAge: cookieMaxAge },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: named("session"),
      csrfToken: named("csrf"),
      callbackUrl: named("callback"),
      pkceCodeVerifier: named("pkce"),
      state: named("state"),
      nonce: named("nonce"),
    },
    providers,
    logger: {
      error: (code, metadata) => {
        hooks.onFault?.(metadata);
        log().error({ code, err: metadata }, "next-auth");
      },
      warn: (code) => log().warn({ code }, "next-auth"),
      debug: (code) => log().debug({ code }, "next-auth"),
    },
    callbacks: {
      ...(hooks.signIn && { signIn: hooks.signIn }),
      jwt: ({ user }) => ({ sid: user.id }),
      redirect: ({ url, baseUrl }) => `${baseUrl}${ownPath(url, baseUrl)}`,
    },
  };
}

/** Where single sign-on leads: a path of this installation, whatever address a request or its cookie names. */
function ownPath(url: string, baseUrl: string): string {
  const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
  const next = safeNext(path);
  return next === "/" ? "" : next;
}
