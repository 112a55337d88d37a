import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { signInLimits } from "../limits.ts";
import { endExpiredChallenges } from "./challenges.ts";
import { revokeSessionsOf } from "./sessions.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";
import { codeAt, enrol } from "./test-second-factor.ts";
import { challengeOf, cookiesOf, sendCode, sessionCookie, signIn, whoIs } from "./test-sign-in.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation("http://localhost:3000");
});
beforeEach(async () => {
  await pool().query("DELETE FROM sign_in_throttles");
});
afterAll(() => installation.remove());

const step = 30_000;

async function enrolled(): Promise<{ user: TestUser; secret: string; recoveryCodes: string[] }> {
  const user = await installation.addUser("admin");
  const { secret, recoveryCodes } = await enrol(installation, user);
  return { user, secret, recoveryCodes };
}

async function passwordStep(user: TestUser, headers: Record<string, string> = {}): Promise<string> {
  return challengeOf(await signIn({ ...user, headers }));
}

/** What the audit log tells of a person's sign-ins: types, and CustomValues of the last. */
async function toldOf(user: TestUser) {
  const rows = await pool().query<{ workflow: string; type: string; custom: string }>(
    `SELECT workflow_id AS workflow, event_type AS type, custom_values::text AS custom FROM audit_events
     WHERE target_id = $1 AND workflow_type = 'user:login' ORDER BY seq`,
    [user.id],
  );
  const last = rows.rows.at(-1);
  return {
    types: rows.rows.map(({ type }) => type),
    workflows: new Set(rows.rows.map(({ workflow }) => workflow)).size,
    custom: JSON.parse(last?.custom ?? "{}") as { [name: string]: unknown },
  };
}

function openSessions(user: TestUser) {
  return pool().query(
    "SELECT 1 FROM sessions WHERE user_id = $1 AND address = '192.0.2.1' AND revoked_at IS NULL",
    [user.id],
  );
}

describe("with a second factor, a right password", () => {
  it("opens no session but lets the browser send a code, which does", async () => {
    const { user, secret } = await enrolled();
    const before = (await openSessions(user)).rowCount;
    const answer = await signIn(user);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ next: "code" });
    expect(cookiesOf(answer)).toEqual([
      expect.stringMatching(
        /^daybook\.challenge=[\w-]{43}; Path=\/; Max-Age=300; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    expect((await openSessions(user)).rowCount).toBe(before);

    const cookie = challengeOf(answer);
    await expect(whoIs(cookie.replace("challenge", "session"))).rejects.toMatchObject({ status: 401 });
    const done = await sendCode(codeAt(secret, Date.now()), { cookie });
    expect(done.status).toBe(200);
    expect(await whoIs(sessionCookie(done))).toMatchObject({ email: user.email });
    expect(cookiesOf(done).some((set) => /^daybook\.challenge=; .*Max-Age=0/.test(set))).toBe(true);

    const { types, workflows, custom } = await toldOf(user);
    expect(types).toEqual(["user:logging-in", "user:logged-in"]);
    expect(workflows).toBe(1);
    expect(custom).toMatchObject({
      username: user.email,
      sourceIpAddress: "192.0.2.1",
      authenticationMethod: "password and code",
      loginStatus: "success",
      secondFactor: { configured: true, verified: "code" },
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("begins the session under a new id and ends the one the browser came with only then", async () => {
    const { user, secret } = await enrolled();
    const planted = (await installation.login(user)).cookie;
    const challenge = challengeOf(await signIn({ ...user, cookie: planted }));
    const { sessionId: before } = await whoIs(planted);
    const done = await sendCode(codeAt(secret, Date.now()), { cookie: `${planted}; ${challenge}` });
    expect((await whoIs(sessionCookie(done))).sessionId).not.toBe(before);
    await expect(whoIs(planted)).rejects.toMatchObject({ status: 401 });
  });

  it("is taken with a recovery code, once, however it is typed", async () => {
    const { user, recoveryCodes } = await enrolled();
    const typed = ` ${recoveryCodes[0]?.toUpperCase().replaceAll("-", " ")} `;
    const done = await sendCode(typed, { cookie: await passwordStep(user) });
    expect(await whoIs(sessionCookie(done))).toMatchObject({ email: user.email });
    expect((await toldOf(user)).custom).toMatchObject({
      authenticationMethod: "password and recovery code",
      secondFactor: { configured: true, verified: "recovery-code" },
    });
    expect((await sendCode(typed, { cookie: await passwordStep(user) })).status).toBe(401);
  });

  it("counts for five minutes; then the record says that no code came", async () => {
    const { user, secret } = await enrolled();
    const cookie = await passwordStep(user);
    await pool().query("UPDATE sign_in_challenges SET expires_at = now()");
    const late = await sendCode(codeAt(secret, Date.now()), { cookie });
    expect(late.status).toBe(401);
    expect(await late.json()).toMatchObject({ detail: expect.stringContaining("password again") });
    await endExpiredChallenges();
    expect(await toldOf(user)).toMatchObject({
      types: ["user:logging-in", "user:login-failed"],
      custom: { reason: "no code came in time", loginStatus: "failure" },
    });
  });

  it("tells a wrong one from nothing: with and without second factor the answer is the same", async () => {
    const { user } = await enrolled();
    const plain = await installation.addUser("admin");
    const answers = [];
    for (const email of [user.email, plain.email, "nobody@example.org"]) {
      const answer = await signIn({ email, password: "not the password" });
      answers.push(`${answer.status} ${await answer.text()} ${cookiesOf(answer).length}`);
    }
    expect(new Set(answers).size).toBe(1);
  });
});

describe("a code", () => {
  it("counts once, also when it is sent again within its time", async () => {
    const { user, secret } = await enrolled();
    const code = codeAt(secret, Date.now());
    expect((await sendCode(code, { cookie: await passwordStep(user) })).status).toBe(200);
    expect((await sendCode(code, { cookie: await passwordStep(user) })).status).toBe(401);
  });

  it("sent ten times at the same moment wins once, with one challenge or many", async () => {
    for (const many of [false, true]) {
      const { user, secret } = await enrolled();
      const code = codeAt(secret, Date.now());
      const one = await passwordStep(user);
      const cookies: string[] = [];
      for (let n = 0; n < 8; n++) cookies.push(many ? await passwordStep(user) : one);
      const before = (await openSessions(user)).rowCount ?? 0;
      const answers = await Promise.all(cookies.map((cookie) => sendCode(code, { cookie })));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await openSessions(user)).rowCount).toBe(before + 1);
    }
  });

  it("of the step before or after is taken, of none further, and none before the last", async () => {
    const { user, secret } = await enrolled();
    // In the middle of a step, which stands still.
    const now = Math.floor(Date.now() / step) * step + step / 2;
    vi.useFakeTimers({ toFake: ["Date"], now });
    for (const far of [-2 * step, 2 * step + step]) {
      const answer = await sendCode(codeAt(secret, now + far), { cookie: await passwordStep(user) });
      expect(answer.status, String(far)).toBe(401);
    }
    const early = codeAt(secret, now - step);
    expect((await sendCode(early, { cookie: await passwordStep(user) })).status).toBe(200);
    expect((await sendCode(early, { cookie: await passwordStep(user) })).status).toBe(401);
    expect((await sendCode(codeAt(secret, now + step), { cookie: await passwordStep(user) })).status).toBe(
      200,
    );
    // A later one was taken: this one was never used, and still comes too late.
    expect((await sendCode(codeAt(secret, now), { cookie: await passwordStep(user) })).status).toBe(401);
    vi.useRealTimers();
  });

  it("is guessed as often as a password and no more; the lock is told once and holds for the right one", async () => {
    const { user, secret } = await enrolled();
    const right = codeAt(secret, Date.now());
    const wrong = right === "000000" ? "111111" : "000000";
    const answers = new Set<string>();
    for (let guess = 0; guess <= signInLimits.codes.guesses + 3; guess++) {
      // Each with the right password before it: that does not forgive guesses at the code.
      const answer = await sendCode(wrong, { cookie: await passwordStep(user) });
      answers.add(`${answer.status} ${await answer.text()}`);
    }
    const locked = await sendCode(right, { cookie: await passwordStep(user) });
    answers.add(`${locked.status} ${await locked.text()}`);
    expect(answers.size).toBe(1);
    const lockouts = await pool().query<{ type: string; custom: string }>(
      `SELECT event_type AS type, custom_values::text AS custom FROM audit_events
       WHERE target_id = $1 AND workflow_type = 'user:lockout' ORDER BY seq`,
      [user.id],
    );
    expect(lockouts.rows.map(({ type }) => type)).toEqual(["user:locking-out", "user:locked-out"]);
    expect(JSON.parse(lockouts.rows[1]?.custom ?? "")).toMatchObject({
      username: user.email,
      sourceIpAddress: "192.0.2.1",
      locked: "codes",
      lockedUntil: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it("is not taken from another browser that stole the half-done sign-in, nor without it", async () => {
    const { user, secret } = await enrolled();
    const code = codeAt(secret, Date.now());
    const cookie = await passwordStep(user, { "user-agent": "Firefox of Ann" });
    for (const stolen of [
      { cookie, headers: { "user-agent": "curl of Eve" } },
      { headers: { "user-agent": "Firefox of Ann" } },
      { cookie: `daybook.challenge=${"A".repeat(43)}`, headers: { "user-agent": "Firefox of Ann" } },
      { cookie: "daybook.challenge=' OR 1=1", headers: { "user-agent": "Firefox of Ann" } },
    ]) {
      const answer = await sendCode(code, stolen);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("password again") });
    }
    const own = await sendCode(code, { cookie, headers: { "user-agent": "Firefox of Ann" } });
    expect(own.status).toBe(200);
  });

  it("is not taken for an account that was disabled after the password", async () => {
    const { user, secret } = await enrolled();
    const cookie = await passwordStep(user);
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [user.id]);
    expect((await sendCode(codeAt(secret, Date.now()), { cookie })).status).toBe(401);
  });

  it("and disabling the account at the same moment do not block each other", async () => {
    const { user, secret } = await enrolled();
    const cookie = await passwordStep(user);
    const disabling = await pool().connect();
    try {
      await disabling.query("BEGIN");
      await disabling.query("UPDATE users SET status = 'disabled' WHERE id = $1", [user.id]);
      const answer = sendCode(codeAt(secret, Date.now()), { cookie });
      const waiting =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      await expect.poll(async () => (await pool().query(waiting)).rowCount).toBe(1);
      await revokeSessionsOf(disabling, user.id);
      await disabling.query("COMMIT");
      expect((await answer).status).toBe(401);
    } finally {
      disabling.release();
    }
  });

  it("that is hostile text is a wrong one", async () => {
    const { user } = await enrolled();
    for (const code of ["", "\0", "' OR 1=1 --", "１２３４５６", "9".repeat(5000), "12345", "-1", "1e5"]) {
      const answer = await sendCode(code, { cookie: await passwordStep(user) });
      expect(answer.status, code.slice(0, 20)).toBe(401);
    }
  });
});

it("a recovery code sent ten times at the same moment wins once", async () => {
  const { user, recoveryCodes } = await enrolled();
  const cookies: string[] = [];
  for (let n = 0; n < 8; n++) cookies.push(await passwordStep(user));
  const code = recoveryCodes[3] ?? "";
  const answers = await Promise.all(cookies.map((cookie) => sendCode(code, { cookie })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});
