import "server-only";
import { decode } from "next-auth/jwt";
import { env } from "@/lib/env.ts";
import { secondStepMinutes } from "../second-factor.ts";
import { policyBounds } from "../sign-in-policy.ts";

/** Seconds for which the browser keeps the cookie; the session's own limits are checked at every request. */
export const cookieMaxAge = policyBounds.absoluteHours.max * 3600;

/** Whether people reach Daybook by HTTPS, so that cookies may ask for it. */
export function isSecure(): boolean {
  return new URL(env().NEXTAUTH_URL).protocol === "https:";
}

/** `__Host-` binds a cookie to this very host over HTTPS; browsers refuse the prefix on plain HTTP. */
export function cookieName(
  purpose: "session" | "csrf" | "callback" | "challenge" | "pkce" | "state" | "nonce",
): string {
  return `${isSecure() ? "__Host-" : ""}daybook.${purpose}`;
}

export function cookieOptions() {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure() } as const;
}

/** The `Set-Cookie` header that takes the session's cookie away. */
export function expiredSessionCookie(): string {
  return `${cookieName("session")}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${isSecure() ? "; Secure" : ""}`;
}

/** The `Set-Cookie` header for the browser of somebody who owes a code; with an empty token it is taken away. */
export function challengeCookie(token: string): string {
  const age = token === "" ? 0 : secondStepMinutes * 60;
  return `${cookieName("challenge")}=${token}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${isSecure() ? "; Secure" : ""}`;
}

/**
 * The session id in a cookie's value: a token that is encrypted under the installation's secret and holds
 * nothing else.
 *
 * @returns undefined when the cookie was not made here, or is too old
 */
export async function openSessionCookie(value: string | undefined): Promise<string | undefined> {
  if (value === undefined || value === "") return undefined;
  try {
    const token = await decode({ token: value, secret: env().NEXTAUTH_SECRET });
    return typeof token?.["sid"] === "string" ? token["sid"] : undefined;
  } catch {
    // Whatever a stranger may send: it names no session, which is all there is to say about it.
    return undefined;
  }
}

/** The session cookie's value in a `Cookie` header. */
export function sessionCookieOf(headers: Pick<Headers, "get">): string | undefined {
  return cookieOf(headers, "session");
}

/** The value of a cookie of Daybook's in a `Cookie` header. */
export function cookieOf(
  headers: Pick<Headers, "get">,
  purpose: Parameters<typeof cookieName>[0],
): string | undefined {
  const name = `${cookieName(purpose)}=`;
  const cookies = (headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length);
}
