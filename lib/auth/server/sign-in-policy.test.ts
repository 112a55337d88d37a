import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as liveLog } from "@/app/api/v1/logs/[log]/live/route.ts";
import { GET as listLog } from "@/app/api/v1/logs/[log]/route.ts";
import { GET as getMe } from "@/app/api/v1/me/route.ts";
import { GET as getSecondFactor } from "@/app/api/v1/me/second-factor/route.ts";
import { GET as listSavedViews } from "@/app/api/v1/saved-views/route.ts";
import { GET as getPolicy, PUT as putPolicy } from "@/app/api/v1/sign-in-policy/route.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { secondOnBusyMachineMs } from "@/lib/test-time.ts";
import { type Role, roles } from "../roles.ts";
import { policyBounds } from "../sign-in-policy.ts";
import { createToken } from "./api-tokens.ts";
import { principalOfCookie } from "./authenticate.ts";
import { createSession, endExpiredSessions, findSession, listOpenSessions } from "./sessions.ts";
import { changeSignInPolicy } from "./sign-in-policy.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";
import { enrol, personOf } from "./test-second-factor.ts";

let installation: TestInstallation;
let chief: TestUser;
beforeAll(async () => {
  installation = await testInstallation();
  chief = await installation.addUser("superuser");
});
afterAll(() => installation.remove());

const origin = "http://localhost:3000";

async function set(wish: { roles?: Role[]; idleMinutes?: number; absoluteHours?: number }) {
  const principal = await personOf(installation, chief);
  const { roles: secondFactorRoles = [], idleMinutes = 720, absoluteHours = 168 } = wish;
  return changeSignInPolicy(principal, { secondFactorRoles, idleMinutes, absoluteHours, reason: "a test" });
}

function request(path: string, headers: Record<string, string>, body?: unknown): Request {
  return new Request(`${origin}${path}`, {
    headers: { ...headers, "sec-fetch-site": "same-origin", "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "PUT", body: JSON.stringify(body) }),
  });
}

const commands = { params: Promise.resolve({ log: "commands" }) };
const readLog = (headers: Record<string, string>) =>
  listLog(request("/api/v1/logs/commands", headers), commands);

describe("a role that needs a second factor", () => {
  it("gets nothing else before it has one, from the next request on; API tokens go on", async () => {
    const user = await installation.addUser("auditor");
    const principal = await personOf(installation, user);
    const { token } = await createToken(principal, { name: "t", scopes: ["logs:read"], expiresInDays: 1 });
    const { cookie } = await installation.login(user);
    expect((await readLog({ cookie })).status).toBe(200);
    const stream = await liveLog(request("/api/v1/logs/commands/live", { cookie }), commands);

    await set({ roles: ["auditor"] });
    const since = performance.now();
    await stream.text();
    expect(performance.now() - since).toBeLessThan(secondOnBusyMachineMs);
    const refused = await readLog({ cookie });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("second factor") });
    expect((await getMe(request("/api/v1/me", { cookie }))).status).toBe(403);
    expect((await listSavedViews(request("/api/v1/saved-views", { cookie }))).status).toBe(403);
    expect((await readLog({ authorization: `Bearer ${token}` })).status).toBe(200);
    const state = await getSecondFactor(request("/api/v1/me/second-factor", { cookie }));
    expect(await state.json()).toMatchObject({ required: true, enabledAt: null });

    await enrol(installation, user, await principalOfCookie(new Headers({ cookie })));
    expect((await readLog({ cookie })).status).toBe(200);
    await set({});
  });

  it("is not asked of who comes by an identity provider, nor of other roles and organizations", async () => {
    await set({ roles: ["auditor"] });
    const auditor = await installation.addUser("auditor");
    const from = { userId: auditor.id, address: "", userAgent: "" };
    const byProvider = await inTransaction((client) =>
      createSession(client, { ...from, method: "provider" }),
    );
    const byPassword = await inTransaction((client) => createSession(client, from));
    expect(await findSession(byProvider)).toMatchObject({ mustEnrol: false });
    expect(await findSession(byPassword)).toMatchObject({ mustEnrol: true });
    const { otherOrganizationId: organizationId } = installation;
    for (const user of [
      await installation.addUser("admin"),
      await installation.addUser("auditor", { organizationId }),
    ]) {
      expect(await findSession((await installation.login(user)).sessionId)).toMatchObject({
        mustEnrol: false,
      });
    }
    await set({});
  });
});

describe("the limits of sessions", () => {
  it("hold for sessions that are open, from the next request on, and are told apart in the record", async () => {
    const [idle, old, fresh] = await Promise.all([1, 2, 3].map(() => installation.addUser("member")));
    if (!idle || !old || !fresh) throw new Error("three");
    const [left, long, used] = [
      (await installation.login(idle)).sessionId,
      (await installation.login(old)).sessionId,
      (await installation.login(fresh)).sessionId,
    ];
    await pool().query("UPDATE sessions SET last_seen_at = now() - interval '11 minutes' WHERE id = $1", [
      left,
    ]);
    await pool().query("UPDATE sessions SET created_at = now() - interval '3 hours' WHERE id = $1", [long]);
    // Looking a session up would count as its use.
    for (const { id } of [idle, old, fresh]) expect(await listOpenSessions(id)).toHaveLength(1);
    await set({ idleMinutes: 10, absoluteHours: 2 });
    expect(await findSession(left)).toBeUndefined();
    expect(await findSession(long)).toBeUndefined();
    expect(await findSession(used)).toBeDefined();
    expect(await listOpenSessions(idle.id)).toEqual([]);

    await endExpiredSessions();
    const told = await pool().query<{ type: string; custom: string }>(
      `SELECT event_type AS type, custom_values::text AS custom FROM audit_events
       WHERE workflow_type = 'user:automatic-logout' AND operation_status = 'success' AND target_id = ANY($1)
       ORDER BY custom_values::text`,
      [[idle.id, old.id]],
    );
    expect(told.rows.map(({ custom }) => JSON.parse(custom) as unknown)).toEqual(
      expect.arrayContaining([
        { username: idle.email, sessionId: left, limit: "idle", cause: "not used for 10 minutes" },
        { username: old.email, sessionId: long, limit: "absolute", cause: "2 hours after sign-in" },
      ]),
    );
    expect(told.rowCount).toBe(2);
    await set({});
  });

  it("that grow do not lengthen sessions that are open", async () => {
    const user = await installation.addUser("member");
    await set({ absoluteHours: 12 });
    const { sessionId } = await installation.login(user);
    await set({ absoluteHours: policyBounds.absoluteHours.max });
    await pool().query(
      `UPDATE sessions SET created_at = created_at - interval '13 h', expires_at = expires_at - interval '13 h'
       WHERE id = $1`,
      [sessionId],
    );
    expect(await findSession(sessionId)).toBeUndefined();
    await set({});
  });
});

describe("the policy", () => {
  it("is read and set by superusers, with its state before and after in the record", async () => {
    const principal = await personOf(installation, chief);
    const wish = { secondFactorRoles: ["admin", "superuser"], idleMinutes: 60, absoluteHours: 24 };
    await enrol(installation, chief);
    const { cookie } = await installation.login(chief);
    const answer = await putPolicy(
      request("/api/v1/sign-in-policy", { cookie }, { ...wish, reason: "audit" }),
    );
    expect(answer.status).toBe(200);
    const kept = { ...wish, secondFactorRoles: ["superuser", "admin"] };
    expect(await (await getPolicy(request("/api/v1/sign-in-policy", { cookie }))).json()).toMatchObject({
      ...kept,
      updatedBy: chief.email,
    });
    const told = await pool().query<{ before: string; after: string; who: string; custom: string }>(
      `SELECT original_state::text AS before, updated_state::text AS after, initiator AS who,
         custom_values::text AS custom FROM audit_events
       WHERE workflow_type = 'signInPolicy:update' AND operation_status = 'success' ORDER BY seq DESC LIMIT 1`,
    );
    const [row] = told.rows;
    expect(row?.who).toBe(principal.email);
    expect(JSON.parse(row?.before ?? "")).toEqual({
      secondFactorRoles: [],
      idleMinutes: 720,
      absoluteHours: 168,
    });
    expect(JSON.parse(row?.after ?? "")).toEqual(kept);
    expect(JSON.parse(row?.custom ?? "")).toMatchObject({ reason: "audit" });
    await set({});
  });

  const good = { secondFactorRoles: [], idleMinutes: 720, absoluteHours: 168, reason: "because" };
  it.each([
    ["secondFactorRoles.0", { ...good, secondFactorRoles: ["root"] }],
    ["secondFactorRoles", { ...good, secondFactorRoles: ["admin", "admin"] }],
    ["idleMinutes", { ...good, idleMinutes: policyBounds.idleMinutes.min - 1 }],
    ["idleMinutes", { ...good, idleMinutes: policyBounds.idleMinutes.max + 1 }],
    ["idleMinutes", { ...good, idleMinutes: 121, absoluteHours: 2 }],
    ["idleMinutes", { ...good, idleMinutes: 10.5 }],
    ["absoluteHours", { ...good, absoluteHours: 0 }],
    ["absoluteHours", { ...good, absoluteHours: policyBounds.absoluteHours.max + 1 }],
    ["absoluteHours", { ...good, absoluteHours: "168" }],
    ["reason", { ...good, reason: " " }],
    ["body", { ...good, more: 1 }],
  ])("names what is wrong: %s", async (parameter, body) => {
    const { cookie } = await installation.login(chief);
    const answer = await putPolicy(request("/api/v1/sign-in-policy", { cookie }, body));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: expect.arrayContaining([{ parameter, reason: expect.any(String) }]),
    });
  });

  it("is for superusers alone", async () => {
    for (const role of roles.filter((role) => role !== "superuser")) {
      const { cookie } = await installation.login(await installation.addUser(role));
      expect((await getPolicy(request("/api/v1/sign-in-policy", { cookie }))).status).toBe(403);
      expect((await putPolicy(request("/api/v1/sign-in-policy", { cookie }, good))).status).toBe(403);
    }
  });
});
