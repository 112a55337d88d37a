import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { principalOfSession } from "./authenticate.ts";
import { beginEnrolment, confirmEnrolment } from "./enrolment.ts";
import { hashPassword } from "./passwords.ts";
import { listOpenSessions, lockAccount, revokeSessionsOf } from "./sessions.ts";
import { type SignInResult, signIn, signInWithCode } from "./sign-in.ts";
import { changeSignInPolicy } from "./sign-in-policy.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";
import { codeAt, enrol, personOf } from "./test-second-factor.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };

/** Waits until a sign-in has come to its end, or stands behind a transaction that changes the account. */
async function ranOrWaits(attempt: Promise<unknown>): Promise<void> {
  let over = false;
  void attempt.finally(() => {
    over = true;
  });
  for (let look = 0; !over && look < 1000; look++) {
    const waiting = await pool().query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (waiting.rowCount !== 0) return;
    await wait(25);
  }
}

/** What a reset by a link and one on the command line do, with somebody who signs in before it is committed. */
async function resetDuring(user: TestUser, attempt: () => Promise<SignInResult>): Promise<SignInResult> {
  const hash = await hashPassword("correct horse battery");
  const result = await inTransaction(async (client) => {
    await client.query("UPDATE users SET password_hash = $2 WHERE id = $1", [user.id, hash]);
    await revokeSessionsOf(client, user.id);
    const running = attempt();
    await ranOrWaits(running);
    return { running };
  });
  return await result.running;
}

describe("while a password is replaced, a sign-in with the old one", () => {
  it("opens nothing that outlives it", async () => {
    const user = await installation.addUser("member");
    expect(await resetDuring(user, () => signIn(user, facts))).toEqual({ refused: "wrong" });
    expect(await listOpenSessions(user.id)).toEqual([]);
    const told = await pool().query(
      "SELECT event_type AS event, custom_values->>'reason' AS reason FROM audit_events WHERE target = $1 ORDER BY seq",
      [user.email],
    );
    expect(told.rows).toEqual([
      { event: "user:logging-in", reason: null },
      { event: "user:login-failed", reason: "the account was changed a moment ago" },
    ]);
  });

  it("and a right code opens nothing either", async () => {
    const user = await installation.addUser("member");
    const { secret } = await enrol(installation, user);
    await pool().query("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [user.id]);
    const half = await signIn(user, facts);
    if (!("codeNeeded" in half)) throw new Error("No code was asked for");
    const given = { token: half.codeNeeded.token, code: codeAt(secret, Date.now() + 30_000) };
    const result = await resetDuring(user, () => signInWithCode(given, facts));
    expect(result).not.toHaveProperty("signedIn");
    expect(await listOpenSessions(user.id)).toEqual([]);
  });
});

it("a request of a session that is about to end does not stand in the way of who ends it", async () => {
  const user = await installation.addUser("member");
  const { sessionId } = await installation.login(user);
  await pool().query("UPDATE sessions SET last_seen_at = now() - interval '2 minutes' WHERE id = $1", [
    sessionId,
  ]);
  await inTransaction(async (client) => {
    await lockAccount(client, user.id);
    // It would wait for the account and hold the session, for which this transaction would wait then.
    expect(await principalOfSession(sessionId, new Headers())).toMatchObject({ userId: user.id });
    expect(await revokeSessionsOf(client, user.id)).toBe(1);
  });
  expect(await listOpenSessions(user.id)).toEqual([]);
});

it("a session from before the second factor does not share in it", async () => {
  const boss = await personOf(installation, await installation.addUser("superuser"));
  await changeSignInPolicy(boss, {
    secondFactorRoles: ["auditor"],
    idleMinutes: 60,
    absoluteHours: 12,
    reason: "test",
  });
  const user = await installation.addUser("auditor");
  const thief = await installation.login(user);
  const person = await personOf(installation, user);
  const { secret } = await beginEnrolment(person, { password: user.password });
  await confirmEnrolment(person, codeAt(secret, Date.now()));
  expect(await principalOfSession(person.sessionId ?? "", new Headers())).toMatchObject({ mustEnrol: false });
  expect(await principalOfSession(thief.sessionId, new Headers())).toBeUndefined();
  const told = await pool().query<{ event: string; ended: string[] | null; cause: string | null }>(
    `SELECT event_type AS event, custom_values->'sessionIds' AS ended, custom_values->>'cause' AS cause
     FROM audit_events WHERE target_id = $1 ORDER BY seq`,
    [user.id],
  );
  const cause = "a second factor was set up";
  expect(told.rows).toEqual([
    { event: "secondFactor:enrolling", ended: null, cause: null },
    { event: "session:revoking", ended: null, cause },
    { event: "session:revoked", ended: [thief.sessionId], cause },
    { event: "secondFactor:enrolled", ended: [thief.sessionId], cause: null },
  ]);
});

it("a wrong code ends no session, and none is said to be ended", async () => {
  const user = await installation.addUser("member");
  const other = await installation.login(user);
  const person = await personOf(installation, user);
  const { secret } = await beginEnrolment(person, { password: user.password });
  await expect(confirmEnrolment(person, codeAt(secret, 0))).rejects.toMatchObject({ status: 400 });
  expect(await principalOfSession(other.sessionId, new Headers())).toBeDefined();
  const told = await pool().query(
    "SELECT event_type AS event FROM audit_events WHERE target_id = $1 ORDER BY seq",
    [user.id],
  );
  expect(told.rows.map(({ event }) => event)).toEqual([
    "secondFactor:enrolling",
    "secondFactor:enrolment-failed",
  ]);
});
