import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { signInLimits } from "../limits.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";
import { origin } from "./test-next-auth.ts";
import { cookiesOf, send, sessionCookie, signIn, whoIs } from "./test-sign-in.ts";

let installation: TestInstallation;
let user: TestUser;
beforeAll(async () => {
  installation = await testInstallation(origin);
  user = await installation.addUser("auditor");
});
beforeEach(async () => {
  await pool().query("DELETE FROM sign_in_throttles");
});
afterAll(() => installation.remove());

describe("signing in", () => {
  it.each(["https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)", "%00"])(
    "leads nowhere else: %s",
    async (address) => {
      const query = await send(`csrf?callbackUrl=${encodeURIComponent(address)}`);
      expect(query.status).toBe(400);
      expect(await query.json()).toMatchObject({ detail: "callbackUrl is not a parameter of signing in." });
      const cookie = `daybook.callback=${encodeURIComponent(address)}`;
      const kept = await send("csrf", { headers: { cookie } });
      for (const set of cookiesOf(kept)) expect(decodeURIComponent(set)).not.toContain("evil");
      expect(kept.status).toBe(address.startsWith("https:") ? 200 : 400);
      expect((await signIn({ ...user, callbackUrl: address })).status).toBe(302);
    },
  );

  it("gives a cookie that page scripts cannot read and that opens the account", async () => {
    const response = await signIn(user);
    expect(response.status).toBe(200);
    const set = cookiesOf(response).find((cookie) => cookie.startsWith("daybook.session=")) ?? "";
    expect(set).toMatch(/; HttpOnly/);
    expect(set).toMatch(/; SameSite=Lax/i);
    expect(set).toMatch(/; Path=\//);
    expect(await whoIs(sessionCookie(response))).toMatchObject({
      kind: "user",
      email: user.email,
      role: "auditor",
    });
  });

  it("takes the address however it is written", async () => {
    expect((await signIn({ ...user, email: ` ${user.email.toUpperCase()} ` })).status).toBe(200);
  });

  it("begins a new session and ends the one the browser came with", async () => {
    const planted = sessionCookie(await signIn(user));
    const before = (await whoIs(planted)).sessionId;
    const fresh = sessionCookie(await signIn({ ...user, cookie: planted }));
    expect((await whoIs(fresh)).sessionId).not.toBe(before);
    await expect(whoIs(planted)).rejects.toMatchObject({ status: 401 });
  });

  it("answers wrong password, unknown account, disabled account and lock-out in the same words", async () => {
    const disabled = await installation.addUser("admin");
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [disabled.id]);
    const answers = [
      await signIn({ ...user, password: "not the password" }),
      await signIn({ email: "nobody@example.org", password: "not the password" }),
      await signIn(disabled),
    ];
    for (let guess = 0; guess <= signInLimits.account.guesses; guess++) {
      answers.push(await signIn({ email: "guessed@example.org", password: "not the password" }));
    }
    const seen = await Promise.all(
      answers.map(async (answer) => `${answer.status} ${await answer.text()} ${cookiesOf(answer).length}`),
    );
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toMatch(/^401 /);
  });

  it("takes what no address can hold for a wrong one, not for a fault of its own", async () => {
    const wrong = await (await signIn({ ...user, password: "not the password" })).text();
    for (const email of [
      "a\0b@example.org",
      "\0",
      "a\ud800@example.org",
      "x".repeat(300),
      "' OR 1=1 --",
      "",
    ]) {
      const response = await signIn({ email, password: "not the password" });
      expect(response.status, email).toBe(401);
      expect(await response.text(), email).toBe(wrong);
    }
  });

  it("refuses the right password while locked, and lets sessions that exist go on", async () => {
    const victim = await installation.addUser("member");
    const { cookie } = await installation.login(victim);
    for (let guess = 0; guess <= signInLimits.account.guesses; guess++) {
      await signIn({ ...victim, password: "not the password" });
    }
    expect((await signIn(victim)).status).toBe(401);
    expect(await whoIs(cookie)).toMatchObject({ email: victim.email });
  });

  it("lets a burst of guesses at the right password not win by being parallel", async () => {
    const target = await installation.addUser("member");
    const limit = signInLimits.account.guesses;
    const wrong = Array.from({ length: limit }, () => signIn({ ...target, password: "not the password" }));
    await Promise.all(wrong);
    const right = await Promise.all(Array.from({ length: 5 }, () => signIn(target)));
    expect(right.map((response) => response.status)).toEqual([401, 401, 401, 401, 401]);
  });

  it("refuses a form without this browser's token, and one that another site sends", async () => {
    expect((await signIn({ ...user, csrf: false })).status).toBe(403);
    expect((await signIn({ ...user, headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    expect((await signIn({ ...user, headers: { origin: "https://evil.example" } })).status).toBe(403);
  });

  it("serves nothing else of next-auth", async () => {
    for (const path of ["session", "providers", "signin", "signout", "callback/credentials", "error"]) {
      expect((await send(path)).status, path).toBe(404);
    }
    expect((await send("signout", { method: "POST" })).status).toBe(404);
  });

  it("says nothing of a fault inside but the request id", async () => {
    await pool().query(
      "INSERT INTO users (id, organization_id, email, name, role, password_hash) VALUES ($1, $2, $3, '', 'member', 'secret')",
      ["0190f6a0-0000-7000-8000-000000000001", installation.organizationId, "broken@example.org"],
    );
    const response = await signIn({ email: "broken@example.org", password: "any password at all" });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain("request-1");
    expect(text).not.toMatch(/hash|secret|form that/);
  });
});

describe("the record of signing in", () => {
  it("has the event committed when the answer leaves", async () => {
    const someone = await installation.addUser("member");
    await signIn(someone);
    const events = await pool().query(
      "SELECT action, outcome, request_id FROM user_events WHERE user_name = $1",
      [someone.email],
    );
    expect(events.rows).toEqual([{ action: "session.sign-in", outcome: "success", request_id: "request-1" }]);
  });

  it("tells success and failure as workflows, in the account's organization, without the password", async () => {
    const someone = await installation.addUser("member", {
      organizationId: installation.otherOrganizationId,
    });
    await signIn({ ...someone, password: "not the password" });
    await signIn(someone);
    const rows = await pool().query<{ event_type: string; operation_status: string; custom: string }>(
      `SELECT event_type, operation_status, custom_values::text AS custom FROM audit_events
       WHERE organization_id = $1 AND target = $2 ORDER BY time`,
      [installation.otherOrganizationId, someone.email],
    );
    expect(rows.rows.map((row) => [row.event_type, row.operation_status])).toEqual([
      ["user:logging-in", "inProgress"],
      ["user:login-failed", "failure"],
      ["user:logging-in", "inProgress"],
      ["user:logged-in", "success"],
    ]);
    expect(JSON.parse(rows.rows[1]?.custom ?? "")).toMatchObject({
      reason: "wrong password",
      sourceIpAddress: "192.0.2.1",
    });
    expect(JSON.parse(rows.rows[3]?.custom ?? "")).toHaveProperty("sessionId");
    expect(JSON.stringify(rows.rows)).not.toContain("not the password");
  });

  it("sums failures per address and minute, for the organization made first", async () => {
    const from = { headers: { "x-daybook-address": "203.0.113.77" } };
    const guess = (place: number) => signIn({ email: `${place}@example.org`, password: "x", ...from });
    await Promise.all(Array.from({ length: 5 }, (_, place) => guess(place)));
    const rows = () =>
      pool().query<{ count: number }>(
        `SELECT user_name, action, outcome, status, organization_id, count FROM user_events
         WHERE actor_type = 'anonymous' AND client_address = '203.0.113.77'`,
      );
    expect((await rows()).rowCount).toBe(0);
    await flushAnonymousFailures();
    const written = (await rows()).rows;
    // One row, or two when the minute closed in between.
    expect(written.length).toBeLessThan(3);
    expect(written.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    expect(written[0]).toMatchObject({
      user_name: "anonymous",
      action: "session.sign-in",
      outcome: "denied",
      status: 401,
      organization_id: installation.organizationId,
    });
    await flushAnonymousFailures();
    expect((await rows()).rows).toEqual(written);
  });
});
