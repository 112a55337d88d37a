import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { encode } from "next-auth/jwt";

/** Chromium without what is in the way of measuring. */
export function launch(program: string): Promise<Browser> {
  const root = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: program,
    args: [
      ...(root ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-precise-memory-info",
    ],
  });
}

/** How a browser is signed in: a session's id, and what its cookie is signed with. */
export type SignIn = { origin: string; sessionId: string; secret: string };

/** A fresh profile, signed in. */
export async function signedIn(
  browser: Browser,
  { origin, sessionId, secret }: SignIn,
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  const value = await encode({ token: { sid: sessionId }, secret });
  await context.addCookies([
    { name: "daybook.session", value, url: origin, httpOnly: true, sameSite: "Lax" },
  ]);
  return context;
}
