import "server-only";
import type { AuthOptions } from "next-auth";
import credentialsProvider from "next-auth/providers/credentials";
import type { RequestFacts } from "@/lib/http/request-facts.ts";
import { baseOptions } from "./next-auth-base.ts";
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

/** next-auth for one request to sign in with email and password, or then a code. */
export function authOptions(attempt: SignInAttempt): AuthOptions {
  return baseOptions([
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
  ]);
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
