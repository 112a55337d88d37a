import "server-only";
import type { AuthOptions } from "next-auth";
import credentialsProvider from "next-auth/providers/credentials";
import { env } from "@/lib/env.ts";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { log } from "@/lib/log.ts";
import { cookieMaxAge, cookieName, cookieOptions, isSecure } from "./session-cookie.ts";
import { type SignInResult, signIn, signInWithCode } from "./sign-in.ts";

/** Characters of what is typed for a code that are looked at; no code is as long. */
const codeLength = 64;

/** What a request to sign in came with, and how it went: next-auth's own answer does not tell a refusal from a fault. */
export type SignInAttempt = {
  facts: RequestFacts;
  /** The session id in the request's cookie. */
  replaces: string | undefined;
  /** The token in the cookie of a browser that gave a right password. */
  challenge: string | undefined;
  result?: SignInResult;
  error?: unknown;
};

/** next-auth for one request: email and password, or then a code, and a token that holds the id of a session and nothing else. */
export function authOptions(attempt: SignInAttempt): AuthOptions {
  const options = cookieOptions();
  return {
    secret: env().NEXTAUTH_SECRET,
    useSecureCookies: isSecure(),
    session: { strategy: "jwt", maxAge: cookieMaxAge },
    jwt: { maxAge: cookieMaxAge },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: { name: cookieName("session"), options },
      csrfToken: { name: cookieName("csrf"), options },
      callbackUrl: { name: cookieName("callback"), options },
    },
    providers: [
      credentialsProvider({
        name: "Email and password",
        credentials: { email: { type: "email" }, password: { type: "password" }, code: { type: "text" } },
        async authorize(credentials) {
          try {
            attempt.result = await resultOf(credentials ?? {}, attempt);
          } catch (error) {
            // next-auth would put the text of any error into a URL; the route answers this one itself.
            attempt.error = error;
            return null;
          }
          return "signedIn" in attempt.result ? { id: attempt.result.signedIn.sessionId } : null;
        },
      }),
    ],
    logger: {
      error: (code, metadata) => log().error({ code, err: metadata }, "next-auth"),
      warn: (code) => log().warn({ code }, "next-auth"),
      debug: (code) => log().debug({ code }, "next-auth"),
    },
    callbacks: {
      jwt: ({ user }) => ({ sid: user.id }),
      // The page knows where to go on; whatever address a request names is not asked.
      redirect: ({ baseUrl }) => baseUrl,
    },
  };
}

type Typed = { [field in "email" | "password" | "code"]?: string };

/** A form holds either email and password, or the code that is owed after them. */
async function resultOf(
  { email, password, code }: Typed,
  { facts, replaces, challenge }: SignInAttempt,
): Promise<SignInResult> {
  if (typeof code === "string") {
    if (challenge === undefined) return { refused: "expired" };
    return await signInWithCode({ token: challenge, code: code.slice(0, codeLength) }, facts, replaces);
  }
  if (typeof email !== "string" || typeof password !== "string") return { refused: "wrong" };
  return await signIn({ email, password }, facts, replaces);
}
