import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type { Principal } from "@/lib/auth/principal.ts";
import { signOut } from "@/lib/auth/server/sign-out.ts";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { log } from "@/lib/log.ts";
import { discover, endSessionPage } from "./discovery.ts";
import { findProvider, type Provider } from "./providers.ts";

/** How long somebody who signs out waits for the provider's document, in milliseconds. */
const patience = 2_000;

/**
 * Ends the caller's session of Daybook. Where a provider began it that is set to it and has a page for it, the answer
 * names that page (OpenID Connect RP-Initiated Logout 1.0), to which the browser goes on: Daybook's session has ended
 * whatever becomes of that.
 *
 * @returns 200 with `{url}`, or 204
 * @throws Problem 400 for an API token, which has no session
 */
export async function signOutEverywhere(principal: Principal): Promise<Response> {
  const ended = await signOut(principal);
  const url = await pageFor(principal.sessionId);
  if (url === undefined) return ended;
  const headers = new Headers(ended.headers);
  headers.set("cache-control", "no-store");
  return Response.json({ url }, { headers });
}

/** Which provider began a session; undefined when a password did, or when the provider is gone or off. */
async function providerOf(sessionId: string | undefined): Promise<Provider | undefined> {
  const found = await pool().query<{ id: string | null }>(
    "SELECT provider_id AS id FROM sessions WHERE id = $1",
    [sessionId],
  );
  const id = found.rows[0]?.id;
  return id ? (await findProvider(id))?.provider : undefined;
}

/** No ID token is kept that could say who signs out: the provider asks the person. */
async function pageFor(sessionId: string | undefined): Promise<string | undefined> {
  try {
    const provider = await providerOf(sessionId);
    if (!provider?.signsOut) return undefined;
    const metadata = await Promise.race([discover(provider), sleep(patience, undefined, { ref: false })]);
    if (!metadata) throw new Error("The provider did not answer in time.");
    const url = endSessionPage(metadata);
    url?.searchParams.set("client_id", provider.clientId);
    url?.searchParams.set("post_logout_redirect_uri", new URL("/sign-in", env().NEXTAUTH_URL).href);
    return url?.href;
  } catch (error) {
    // The session has ended, and that is what was asked for.
    log().warn({ err: error }, "nobody is signed out at an identity provider");
    return undefined;
  }
}
