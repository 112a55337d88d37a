import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as logs } from "@/app/api/v1/logs/[log]/live/route.ts";
import { PUT as endSession } from "@/app/api/v1/sessions/[id]/route.ts";
import { GET as sources } from "@/app/api/v1/sources/live/route.ts";
import { pool } from "@/lib/db/client.ts";
import { secondOnBusyMachineMs } from "@/lib/test-time.ts";
import { createToken } from "./api-tokens.ts";
import { principalOfSession } from "./authenticate.ts";
import { mostStreams } from "./open-streams.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

type Headers = { [name: string]: string };

async function openLog(headers: Headers): Promise<Response> {
  const request = new Request("http://localhost:3000/api/v1/logs/commands/live", { headers });
  return logs(request, { params: Promise.resolve({ log: "commands" }) });
}

async function openSources(headers: Headers): Promise<Response> {
  return sources(new Request("http://localhost:3000/api/v1/sources/live", { headers }));
}

/** Resolves with the milliseconds after which a stream has ended; what it held is read. */
async function ended(stream: Response): Promise<number> {
  const started = performance.now();
  await stream.text();
  return performance.now() - started;
}

async function sessionOf(user: TestUser): Promise<Headers & { sessionId: string; cookie: string }> {
  return installation.login(user);
}

describe.each([
  ["a log", openLog],
  ["sources", openSources],
])("a stream of %s", (_, open) => {
  const changes: { [what: string]: (user: TestUser, sessionId: string) => Promise<unknown> } = {
    "the session is revoked": (_, id) =>
      pool().query("UPDATE sessions SET revoked_at = now() WHERE id = $1", [id]),
    "the session runs out": (_, id) =>
      pool().query("UPDATE sessions SET expires_at = now() WHERE id = $1", [id]),
    "the person is disabled": ({ id }) =>
      pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [id]),
    "the person gets another role": ({ id }) =>
      pool().query("UPDATE users SET role = 'member' WHERE id = $1", [id]),
    "the person gets another name": ({ id }) =>
      pool().query("UPDATE users SET logins = '{ann}' WHERE id = $1", [id]),
    "the person is removed": ({ id }) => pool().query("DELETE FROM users WHERE id = $1", [id]),
  };
  it.each(Object.keys(changes))("ends within a second when %s", async (what) => {
    const user = await installation.addUser("admin");
    const other = await installation.addUser("admin");
    const { cookie, sessionId } = await sessionOf(user);
    const stream = await open({ cookie });
    const others = await open({ cookie: (await sessionOf(other)).cookie });
    expect(stream.status).toBe(200);
    await changes[what]?.(user, sessionId);
    expect(await ended(stream)).toBeLessThan(secondOnBusyMachineMs);
    // The streams of others go on.
    const reader = others.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
  });
});

describe("streams of a token", () => {
  it.each([
    ["is disabled", "status = 'disabled'"],
    ["is demoted", "role = 'member'"],
  ])("end within a second when its person %s, and so does the token", async (_, change) => {
    const user = await installation.addUser("admin");
    const principal = await principalOfSession((await sessionOf(user)).sessionId, new Headers());
    if (!principal) throw new Error("nobody");
    const wish = { name: "t", scopes: ["logs:read", "sessions:end"] as const, expiresInDays: 1 };
    const { token } = await createToken(principal, wish);
    const headers = { authorization: `Bearer ${token}` };
    const stream = await openLog(headers);
    await pool().query(`UPDATE users SET ${change} WHERE id = $1`, [user.id]);
    const ending = await endSession(
      new Request("http://localhost:3000/api/v1/sessions/x", { method: "PUT", headers }),
      { params: Promise.resolve({ id: crypto.randomUUID() }) },
    );
    expect(ending.status).toBe(change.startsWith("role") ? 403 : 401);
    expect(await ended(stream)).toBeLessThan(secondOnBusyMachineMs);
  });

  it("end within a second when it is revoked", async () => {
    const { sessionId } = await sessionOf(await installation.addUser("auditor"));
    const principal = await principalOfSession(sessionId, new Headers());
    if (!principal) throw new Error("nobody");
    const wish = { name: "t", scopes: ["logs:read"] as const, expiresInDays: 1 };
    const { id, token } = await createToken(principal, wish);
    const stream = await openLog({ authorization: `Bearer ${token}` });
    await pool().query("UPDATE api_tokens SET revoked_at = now() WHERE id = $1", [id]);
    expect(await ended(stream)).toBeLessThan(secondOnBusyMachineMs);
  });
});

describe("many streams", () => {
  it("ask one question for all of them, and no more than a few may be one session's", async () => {
    const user = await installation.addUser("superuser");
    const { cookie, sessionId } = await sessionOf(user);
    const streams = await Promise.all(Array.from({ length: mostStreams }, () => openLog({ cookie })));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await openLog({ cookie });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("10");
    expect((await openLog({ cookie: (await sessionOf(user)).cookie })).status).toBe(200);
    const asked = vi.spyOn(pool(), "query");
    await pool().query("UPDATE sessions SET revoked_at = now() WHERE id = $1", [sessionId]);
    await Promise.all(streams.map(ended));
    const questions = asked.mock.calls.filter(([sql]) => String(sql).includes("UNION ALL SELECT 'token '"));
    expect(questions.length).toBeLessThanOrEqual(3);
    asked.mockRestore();
  });

  it("leave nothing behind when only their head is asked for", async () => {
    const { cookie } = await sessionOf(await installation.addUser("superuser"));
    for (let n = 0; n <= mostStreams; n++) {
      const url = "http://localhost:3000/api/v1/logs/commands/live";
      const head = await logs(new Request(url, { method: "HEAD", headers: { cookie } }), {
        params: Promise.resolve({ log: "commands" }),
      });
      expect(head.status).toBe(200);
      expect(head.body).toBeNull();
    }
  });
});
