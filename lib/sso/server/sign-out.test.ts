import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { POST } from "@/app/api/auth/sign-out/route.ts";
import { principalOfCookie } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import type { ProviderWish } from "../provider-wish.ts";
import { endSessionPage } from "./discovery.ts";
import { TestBrowser } from "./test-browser.ts";
import { connectProvider, testSuperuser } from "./test-connection.ts";
import { type TestProvider, testProvider } from "./test-provider.ts";
import { transportTo } from "./transport.ts";

process.env["SSO_LOOPBACK_HTTP"] = "true";

let installation: TestInstallation;
let provider: TestProvider;
const redirects: string[] = [];
beforeAll(async () => {
  installation = await testInstallation();
  provider = await testProvider(() => redirects);
});
afterAll(async () => {
  await provider.close();
  await installation.remove();
});

/** Somebody who is signed in through a provider. */
async function signedIn(wish: Partial<ProviderWish>): Promise<{ browser: TestBrowser; id: string }> {
  const { id } = await connectProvider(await testSuperuser(installation), provider, redirects, wish);
  const user = await installation.addUser("member");
  provider.people[user.email] = { email: user.email, email_verified: true };
  provider.next.login = user.email;
  const browser = new TestBrowser();
  expect((await browser.signIn(id)).status).toBe(302);
  return { browser, id };
}

async function signOut(cookie: string): Promise<Response> {
  const headers = { cookie, "sec-fetch-site": "same-origin" };
  const response = await POST(
    new Request("http://localhost:3000/api/auth/sign-out", { method: "POST", headers }),
  );
  expect(await principalOfCookie(new Headers({ cookie })), "Daybook's session").toBeUndefined();
  expect(response.headers.get("set-cookie")).toMatch(/max-age=0/i);
  return response;
}

it("leads on to the provider's page where that is set, and from there back to sign in", async () => {
  const { browser, id } = await signedIn({ signsOut: true });
  // Signed in there: no page is in the way.
  delete provider.next.login;
  await expect(
    browser.visit(((await (await browser.press(id)).json()) as { url: string }).url),
  ).resolves.toContain("code=");
  const response = await signOut(browser.session ?? "");
  expect(response.status).toBe(200);
  const { url } = (await response.json()) as { url: string };
  const { origin, searchParams } = new URL(url);
  expect(origin).toBe(provider.issuer);
  expect(Object.fromEntries(searchParams)).toEqual({
    client_id: "daybook",
    post_logout_redirect_uri: "http://localhost:3000/sign-in",
  });
  expect(await browser.leave(url)).toBe("http://localhost:3000/sign-in");
  // Now the provider asks who it is.
  await expect(
    browser.visit(((await (await browser.press(id)).json()) as { url: string }).url),
  ).rejects.toThrow("answers 200");
});

it("ends Daybook's session alone where it is not set, or a password began it", async () => {
  const { browser } = await signedIn({});
  expect((await signOut(browser.session ?? "")).status).toBe(204);
  await signedIn({ signsOut: true });
  const { cookie } = await installation.login(await installation.addUser("member"));
  expect((await signOut(cookie)).status).toBe(204);
});

it("ends Daybook's session when the provider is away", async () => {
  const { browser } = await signedIn({ signsOut: true });
  // Another issuer is another document: nothing is kept of it.
  await pool().query("UPDATE identity_providers SET issuer = 'http://127.0.0.1:9' WHERE signs_out");
  expect((await signOut(browser.session ?? "")).status).toBe(204);
});

it("waits for no provider that takes its time", async () => {
  const { browser } = await signedIn({ signsOut: true });
  let letGo = (): void => {};
  const asked = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  // It takes the question and never answers.
  const silent = http.createServer(() => letGo()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await pool().query(`UPDATE identity_providers SET issuer = 'http://127.0.0.1:${port}' WHERE signs_out`);
  expect((await signOut(browser.session ?? "")).status).toBe(204);
  await asked;
  silent.closeAllConnections();
  silent.close();
});

it("ends Daybook's session when what is stored of the provider cannot be read", async () => {
  const { browser, id } = await signedIn({ signsOut: true });
  // As under another installation's key.
  await pool().query("UPDATE identity_providers SET client_secret = '\\x01' WHERE id = $1", [id]);
  expect((await signOut(browser.session ?? "")).status).toBe(204);
});

it.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "http://login.example.org/end",
  "https://somebody@login.example.org/end",
  "https://169.254.169.254/end",
  "no address",
])("sends nobody to a page as %s", async (address) => {
  const issuer = "https://login.example.org";
  const discovery = { issuer, authorization_endpoint: issuer, token_endpoint: issuer, jwks_uri: issuer };
  const transport = transportTo(new URL(issuer));
  const page = (end_session_endpoint: string) =>
    endSessionPage({ discovery: { ...discovery, end_session_endpoint }, transport })?.href;
  expect(page(address)).toBeUndefined();
  expect(page(`${issuer}/end?a=b`)).toBe(`${issuer}/end?a=b`);
});
