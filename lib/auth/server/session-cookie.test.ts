import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authOptions } from "./next-auth.ts";
import { expiredSessionCookie, openSessionCookie, sessionCookieOf } from "./session-cookie.ts";
import { type TestInstallation, testInstallation } from "./test-installation.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation("https://daybook.example.org");
});
afterAll(() => installation.remove());

describe("cookies over HTTPS", () => {
  it("are bound to the host and secure, every one of them", () => {
    const facts = { requestId: "r", address: "", userAgent: "" };
    const { cookies } = authOptions({ facts, replaces: undefined, challenge: undefined });
    for (const cookie of Object.values(cookies ?? {})) {
      expect(cookie.name).toMatch(/^__Host-/);
      expect(cookie.options).toEqual({ httpOnly: true, sameSite: "lax", path: "/", secure: true });
    }
    expect(expiredSessionCookie()).toBe(
      "__Host-daybook.session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
    );
  });

  it("are read under that name only: a neighbour's host cannot plant one", async () => {
    const { cookie, sessionId } = await installation.login(await installation.addUser("member"));
    const value = sessionCookieOf(new Headers({ cookie: `other=1; ${cookie}; last=2` }));
    expect(await openSessionCookie(value)).toBe(sessionId);
    expect(sessionCookieOf(new Headers({ cookie: cookie.replace("__Host-", "") }))).toBeUndefined();
  });
});
