import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as liveLog } from "@/app/api/v1/logs/[log]/live/route.ts";
import { pool } from "@/lib/db/client.ts";
import { secondOnBusyMachineMs } from "@/lib/test-time.ts";
import { getUser, listUsers } from "@/lib/users/server/list-users.ts";
import { signInLimits } from "../limits.ts";
import type { Principal } from "../principal.ts";
import { endSessionsOf, resetSecondFactor, unlockUser } from "./access-of-others.ts";
import { listOwnSessions, revokeOtherSessions, revokeOwnSession } from "./revocation.ts";
import { readSecondFactor } from "./second-factor.ts";
import { findSession } from "./sessions.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";
import { codeAt, enrol, personOf } from "./test-second-factor.ts";
import { challengeOf, sendCode, signIn } from "./test-sign-in.ts";

let installation: TestInstallation;
let admin: Principal;
beforeAll(async () => {
  installation = await testInstallation("http://localhost:3000");
  admin = await personOf(installation, await installation.addUser("admin"));
});
beforeEach(async () => {
  await pool().query("DELETE FROM sign_in_throttles");
});
afterAll(() => installation.remove());

async function lastOf(user: TestUser) {
  const rows = await pool().query<{ type: string; who: string; custom: string }>(
    `SELECT event_type AS type, initiator AS who, custom_values::text AS custom FROM audit_events
     WHERE target_id = $1 ORDER BY seq DESC LIMIT 1`,
    [user.id],
  );
  const [row] = rows.rows;
  return { type: row?.type, who: row?.who, custom: JSON.parse(row?.custom ?? "{}") as unknown };
}

describe("an admin", () => {
  it("resets the second factor of who lost the phone; sessions and half-done sign-ins end", async () => {
    const user = await installation.addUser("member");
    const { secret } = await enrol(installation, user);
    const { sessionId } = await installation.login(user);
    const cookie = challengeOf(await signIn(user));
    await resetSecondFactor(admin, user.id, "lost the phone");
    expect(await readSecondFactor(user.id)).toMatchObject({ enabledAt: null, recoveryCodesLeft: 0 });
    expect(await findSession(sessionId)).toBeUndefined();
    expect((await sendCode(codeAt(secret, Date.now()), { cookie })).status).toBe(401);
    expect(await lastOf(user)).toMatchObject({
      type: "secondFactor:removed",
      who: admin.email,
      custom: { username: user.email, reason: "lost the phone" },
    });
    await expect(resetSecondFactor(admin, user.id, "again")).rejects.toMatchObject({ status: 409 });
  });

  it("ends a person's sessions, and what is open under them within a second", async () => {
    const user = await installation.addUser("admin");
    const [{ sessionId, cookie }, second] = [await installation.login(user), await installation.login(user)];
    const stream = await liveLog(
      new Request("http://localhost:3000/api/v1/logs/commands/live", { headers: { cookie } }),
      { params: Promise.resolve({ log: "commands" }) },
    );
    expect(stream.status).toBe(200);
    expect(await endSessionsOf(admin, user.id, "left the company")).toBe(2);
    const since = performance.now();
    await stream.text();
    expect(performance.now() - since).toBeLessThan(secondOnBusyMachineMs);
    for (const id of [sessionId, second.sessionId]) expect(await findSession(id)).toBeUndefined();
    const { type, custom } = await lastOf(user);
    expect(type).toBe("session:revoked");
    expect((custom as { sessionIds: string[] }).sessionIds.sort()).toEqual(
      [sessionId, second.sessionId].sort(),
    );
  });

  it("unlocks who guessed too often; an account that is not locked is not unlocked", async () => {
    const user = await installation.addUser("member");
    for (let guess = 0; guess <= signInLimits.account.guesses; guess++)
      await signIn({ ...user, password: "not the password" });
    expect((await signIn(user)).status).toBe(401);
    const { lock } = await getUser(admin, user.id);
    expect(lock).toMatchObject({ tries: signInLimits.account.guesses + 1, of: "passwords" });
    expect(Date.parse(lock?.until ?? "") - Date.now()).toBeGreaterThan(14 * 60_000);
    await unlockUser(admin, user.id, "it was me");
    expect((await lastOf(user)).custom).toMatchObject({
      lockedUntil: lock?.until,
      failedTries: signInLimits.account.guesses + 1,
    });
    expect(await getUser(admin, user.id)).toMatchObject({ lock: null });
    expect((await signIn(user)).status).toBe(200);
    await expect(unlockUser(admin, user.id, "again")).rejects.toMatchObject({ status: 409 });
    const told = await pool().query<{ type: string }>(
      `SELECT event_type AS type FROM audit_events WHERE target_id = $1
       AND workflow_type IN ('user:lockout', 'user:unlock') AND operation_status <> 'inProgress' ORDER BY seq`,
      [user.id],
    );
    expect(told.rows.map(({ type }) => type)).toEqual([
      "user:locked-out",
      "user:unlocked",
      "user:unlock-failed",
    ]);
  });

  it("lists who is locked out of the own organization, after wrong codes too, and nobody else", async () => {
    const { otherOrganizationId: organizationId } = installation;
    const elsewhere = await installation.addUser("member", { organizationId });
    const user = await installation.addUser("member");
    const free = await installation.addUser("member");
    const over = await installation.addUser("member");
    await pool().query(
      `INSERT INTO sign_in_throttles (key, failures, locked_until) VALUES
         ('account ' || $1, 11, now() + interval '5 minutes'), ('codes ' || $2, 11, now() + interval '9 minutes'),
         ('account ' || $3, 11, now() + interval '9 minutes'), ('account ' || $4, 11, now() - interval '1 second'),
         ('account ' || $5, 3, NULL)`,
      [user.email, user.id, elsewhere.email, over.email, free.email],
    );
    const all = { match: "", role: null, status: null, after: null };
    const { users } = await listUsers(admin, { ...all, status: "locked" });
    expect(users.map(({ id, lock }) => [id, lock?.of])).toEqual([[user.id, "codes"]]);
    const everybody = (await listUsers(admin, all)).users;
    expect(everybody.filter(({ lock }) => lock !== null).map(({ id }) => id)).toEqual([user.id]);
  });

  it("does nothing of that to a higher role, to another organization, or to nobody", async () => {
    const above = await installation.addUser("superuser");
    const { otherOrganizationId: organizationId } = installation;
    const elsewhere = await installation.addUser("member", { organizationId });
    const { sessionId } = await installation.login(above);
    const there = await installation.login(elsewhere);
    for (const act of [resetSecondFactor, endSessionsOf, unlockUser]) {
      await expect(act(admin, above.id, "r")).rejects.toMatchObject({ status: 403 });
      const missing = await act(admin, crypto.randomUUID(), "r").catch((error: unknown) => error);
      expect(missing).toMatchObject({ status: 404 });
      const foreign = await act(admin, elsewhere.id, "r").catch((error: unknown) => error);
      expect(String(foreign)).toBe(String(missing));
    }
    expect(await findSession(sessionId)).toBeDefined();
    expect(await findSession(there.sessionId)).toBeDefined();
  });

  it("who sees the own groups alone does nothing of that to who sees more", async () => {
    const kept = await installation.addUser("admin");
    await pool().query("UPDATE users SET global_scope = false WHERE id = $1", [kept.id]);
    const principal = await personOf(installation, kept);
    const wide = await installation.addUser("member");
    const narrow = await installation.addUser("member");
    await pool().query("UPDATE users SET global_scope = false WHERE id = $1", [narrow.id]);
    for (const act of [resetSecondFactor, endSessionsOf, unlockUser])
      await expect(act(principal, wide.id, "r")).rejects.toMatchObject({ status: 403 });
    await installation.login(narrow);
    expect(await endSessionsOf(principal, narrow.id, "r")).toBe(1);
  });

  it("does not get round the code for the own second factor", async () => {
    const user = await installation.addUser("superuser");
    const { principal } = await enrol(installation, user);
    await expect(resetSecondFactor(principal, user.id, "lazy")).rejects.toMatchObject({ status: 409 });
    expect(await readSecondFactor(user.id)).toMatchObject({ enabledAt: expect.any(String) });
  });
});

describe("one's own sessions", () => {
  it("are listed with the one in use, and ended one by one or all others at once", async () => {
    const user = await installation.addUser("member");
    const mine = await personOf(installation, user);
    const others = [
      await installation.login(user),
      await installation.login(user),
      await installation.login(user),
    ];
    const listed = await listOwnSessions(mine);
    expect(listed).toHaveLength(4);
    expect(listed.filter(({ current }) => current).map(({ id }) => id)).toEqual([mine.sessionId]);
    expect(listed[0]).toMatchObject({ address: "192.0.2.1", userAgent: "test" });

    const [first] = others;
    await revokeOwnSession(mine, first?.sessionId ?? "");
    await expect(revokeOwnSession(mine, first?.sessionId ?? "")).rejects.toMatchObject({ status: 404 });
    await expect(revokeOwnSession(mine, mine.sessionId ?? "")).rejects.toMatchObject({ status: 409 });
    expect(await revokeOtherSessions(mine)).toBe(2);
    expect((await listOwnSessions(mine)).map(({ id }) => id)).toEqual([mine.sessionId]);
  });

  it("are nobody else's", async () => {
    const mine = await personOf(installation, await installation.addUser("member"));
    const { sessionId } = await installation.login(await installation.addUser("member"));
    await expect(revokeOwnSession(mine, sessionId)).rejects.toMatchObject({ status: 404 });
    expect(await findSession(sessionId)).toBeDefined();
  });
});
