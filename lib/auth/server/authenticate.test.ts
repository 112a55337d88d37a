import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { absoluteDays, idleHours } from "../limits.ts";
import { allows, ownRowsOnly } from "../principal.ts";
import { createToken, findTokenHolder } from "./api-tokens.ts";
import { authenticate } from "./authenticate.ts";
import { endExpiredSessions } from "./sessions.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";

const url = "http://localhost:3000/api/v1/me";
let installation: TestInstallation;
let admin: TestUser;
beforeAll(async () => {
  installation = await testInstallation();
  admin = await installation.addUser("admin");
});
afterAll(() => installation.remove());

const get = (headers: Record<string, string>) => authenticate(new Request(url, { headers }));
const post = (headers: Record<string, string>) => authenticate(new Request(url, { method: "POST", headers }));
const bearer = (token: string) => get({ authorization: `Bearer ${token}` });

async function changeSession(sessionId: string, change: string): Promise<void> {
  await pool().query(`UPDATE sessions SET ${change} WHERE id = $1`, [sessionId]);
}

describe("a session", () => {
  it("does not begin for an account that is being disabled at that moment", async () => {
    const leaver = await installation.addUser("member");
    const disabling = await pool().connect();
    try {
      await disabling.query("BEGIN");
      await disabling.query("UPDATE users SET status = 'disabled' WHERE id = $1", [leaver.id]);
      const beginning = installation.login(leaver);
      const refused = expect(beginning).rejects.toMatchObject({ status: 403 });
      await disabling.query("COMMIT");
      await refused;
    } finally {
      disabling.release();
    }
    const sessions = await pool().query("SELECT 1 FROM sessions WHERE user_id = $1", [leaver.id]);
    expect(sessions.rowCount).toBe(0);
  });

  it("is told of its person as seen from its first moment", async () => {
    const newcomer = await installation.addUser("member");
    await installation.login(newcomer);
    const seen = await pool().query(
      "SELECT last_seen_at > now() - interval '1 minute' AS now FROM users WHERE id = $1",
      [newcomer.id],
    );
    expect(seen.rows).toEqual([{ now: true }]);
  });

  it("says who asks, from where and what they may do", async () => {
    const { cookie, sessionId } = await installation.login(admin);
    const facts = { "x-daybook-request-id": "r1", "x-daybook-address": "192.0.2.9", "user-agent": "curl/8" };
    expect(await get({ cookie, ...facts })).toMatchObject({
      kind: "user",
      id: admin.id,
      userId: admin.id,
      email: admin.email,
      role: "admin",
      organizationId: installation.organizationId,
      organizationName: "First",
      sessionId,
      requestId: "r1",
      address: "192.0.2.9",
      userAgent: "curl/8",
    });
  });

  it("is out with the next request once revoked", async () => {
    const { cookie, sessionId } = await installation.login(admin);
    await changeSession(sessionId, "revoked_at = now()");
    await expect(get({ cookie })).rejects.toMatchObject({ status: 401 });
  });

  it("is out with the next request once its user is disabled", async () => {
    const user = await installation.addUser("member");
    const { cookie } = await installation.login(user);
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [user.id]);
    await expect(get({ cookie })).rejects.toMatchObject({ status: 401 });
  });

  it("has the role that the user has now", async () => {
    const user = await installation.addUser("superuser");
    const { cookie } = await installation.login(user);
    await pool().query("UPDATE users SET role = 'member' WHERE id = $1", [user.id]);
    const principal = await get({ cookie });
    expect(principal.role).toBe("member");
    expect(ownRowsOnly(principal)).toBe(true);
  });

  it("ends when not used for long, and after its longest time although used", async () => {
    const idle = await installation.login(admin);
    await changeSession(idle.sessionId, `last_seen_at = now() - interval '${idleHours} hours'`);
    await expect(get({ cookie: idle.cookie })).rejects.toMatchObject({ status: 401 });
    const old = await installation.login(admin);
    await changeSession(
      old.sessionId,
      `created_at = created_at - interval '${absoluteDays} days', expires_at = now()`,
    );
    await expect(get({ cookie: old.cookie })).rejects.toMatchObject({ status: 401 });
  });

  it("is kept alive by its use", async () => {
    const { cookie, sessionId } = await installation.login(admin);
    await changeSession(
      sessionId,
      `last_seen_at = now() - interval '${idleHours} hours' + interval '1 minute'`,
    );
    await get({ cookie });
    const seen = await pool().query(
      "SELECT last_seen_at > now() - interval '10 s' AS fresh FROM sessions WHERE id = $1",
      [sessionId],
    );
    expect(seen.rows[0]?.fresh).toBe(true);
  });

  it("that ran out is an automatic logout in the audit log, once", async () => {
    const user = await installation.addUser("member");
    const { sessionId } = await installation.login(user);
    await changeSession(sessionId, "last_seen_at = now() - interval '2 days'");
    await Promise.all([endExpiredSessions(), endExpiredSessions()]);
    await endExpiredSessions();
    const rows = await pool().query<{ event_type: string }>(
      "SELECT event_type FROM audit_events WHERE target_id = $1 AND operation_status = 'success'",
      [user.id],
    );
    expect(rows.rows).toEqual([{ event_type: "user:automatically-logged-out" }]);
  });

  it("is none for a cookie that was made elsewhere or tampered with", async () => {
    const { cookie } = await installation.login(admin);
    await expect(get({ cookie: `${cookie.slice(0, -3)}xyz` })).rejects.toMatchObject({ status: 401 });
    await expect(get({ cookie: "daybook.session=" })).rejects.toMatchObject({ status: 401 });
    await expect(get({})).rejects.toMatchObject({ status: 401 });
  });
});

describe("a request with a cookie that changes something", () => {
  it.each([
    [{ "sec-fetch-site": "same-origin" }],
    [{ origin: "http://localhost:3000" }],
    [{ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }],
  ])("is served from Daybook's own pages: %j", async (headers) => {
    const { cookie } = await installation.login(admin);
    expect(await post({ cookie, ...headers })).toMatchObject({ email: admin.email });
  });

  it.each([
    [{}],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ "sec-fetch-site": "none" }],
    [{ "sec-fetch-site": "cross-site", origin: "http://localhost:3000" }],
    [{ origin: "null" }],
    [{ origin: "https://localhost:3000.evil.example", host: "localhost:3000" }],
    [{ origin: "http://evil.example", host: "localhost:3000" }],
  ])("is refused from anywhere else: %j", async (headers) => {
    const { cookie } = await installation.login(admin);
    await expect(post({ cookie, ...headers })).rejects.toMatchObject({ status: 403 });
  });

  it("may come from anywhere with a token instead", async () => {
    const principal = await get(await installation.login(admin).then(({ cookie }) => ({ cookie })));
    const { token } = await createToken(principal, {
      name: "anywhere",
      scopes: ["logs:read"],
      expiresInDays: 1,
    });
    expect(await post({ "x-access-token": token, origin: "https://evil.example" })).toMatchObject({
      kind: "api-key",
    });
  });
});

describe("an API token", () => {
  async function tokenFor(
    user: TestUser,
    scopes: readonly ("logs:read" | "exports:create")[] = ["logs:read"],
  ) {
    const { cookie } = await installation.login(user);
    return await createToken(await get({ cookie }), { name: "nightly export", scopes, expiresInDays: 30 });
  }

  it("names itself and the person behind it, in either header", async () => {
    const { id, token } = await tokenFor(admin);
    const expected = { kind: "api-key", id, name: "nightly export", userId: admin.id, email: admin.email };
    expect(await bearer(token)).toMatchObject(expected);
    expect(await get({ "x-access-token": token })).toMatchObject(expected);
    expect((await get({ "x-access-token": token })).sessionId).toBeUndefined();
  });

  it("may do what its scopes and the person's present role both allow", async () => {
    const user = await installation.addUser("admin");
    const { token } = await tokenFor(user, ["logs:read"]);
    const before = await bearer(token);
    expect(allows(before, "logs:read")).toBe(true);
    expect(allows(before, "logs:read-own")).toBe(true);
    expect(allows(before, "exports:create")).toBe(false);
    expect(allows(before, "tokens:manage-own")).toBe(false);
    await pool().query("UPDATE users SET role = 'member' WHERE id = $1", [user.id]);
    const after = await bearer(token);
    expect(allows(after, "logs:read")).toBe(false);
    expect(ownRowsOnly(after)).toBe(true);
  });

  it.each(["revoked_at = now()", "expires_at = now()"])("is refused at once after %s", async (change) => {
    const { id, token } = await tokenFor(admin);
    await pool().query(`UPDATE api_tokens SET ${change} WHERE id = $1`, [id]);
    await expect(bearer(token)).rejects.toMatchObject({ status: 401 });
  });

  it("is refused once its person is disabled", async () => {
    const user = await installation.addUser("auditor");
    const { token } = await tokenFor(user);
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [user.id]);
    await expect(bearer(token)).rejects.toMatchObject({ status: 401 });
  });

  it("is judged alone: a bad one is not saved by a good cookie", async () => {
    const { cookie } = await installation.login(admin);
    await expect(get({ cookie, authorization: "Bearer dbk_wrong" })).rejects.toMatchObject({ status: 401 });
    await expect(get({ cookie, authorization: "Basic YTpi" })).rejects.toMatchObject({ status: 401 });
    await expect(get({ cookie, "x-access-token": "" })).rejects.toMatchObject({ status: 401 });
  });

  it("notes its use once a minute", async () => {
    const { id, token } = await tokenFor(admin);
    const uses = () =>
      pool().query<{ at: string | null }>("SELECT last_used_at::text AS at FROM api_tokens WHERE id = $1", [
        id,
      ]);
    expect((await uses()).rows[0]?.at).toBeNull();
    await Promise.all([findTokenHolder(token), findTokenHolder(token)]);
    const first = (await uses()).rows[0]?.at;
    await findTokenHolder(token);
    expect((await uses()).rows[0]?.at).toBe(first);
    await pool().query("UPDATE api_tokens SET last_used_at = last_used_at - interval '61 s' WHERE id = $1", [
      id,
    ]);
    await findTokenHolder(token);
    expect((await uses()).rows[0]?.at).not.toBe(first);
  });
});
