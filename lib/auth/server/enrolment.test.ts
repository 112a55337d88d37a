import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { signInLimits } from "../limits.ts";
import type { Principal } from "../principal.ts";
import { recoveryCodeCount } from "../second-factor.ts";
import { beginEnrolment, confirmEnrolment, removeSecondFactor, renewOwnRecoveryCodes } from "./enrolment.ts";
import { readSecondFactor } from "./second-factor.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";
import { codeAt, enrol, personOf } from "./test-second-factor.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
beforeEach(async () => {
  await pool().query("DELETE FROM sign_in_throttles");
});
afterAll(() => installation.remove());

async function person(): Promise<{ user: TestUser; principal: Principal }> {
  const user = await installation.addUser("member");
  return { user, principal: await personOf(installation, user) };
}

async function eventsOf({ userId }: Principal): Promise<string[]> {
  const rows = await pool().query<{ type: string }>(
    "SELECT event_type AS type FROM audit_events WHERE target_id = $1 ORDER BY seq",
    [userId],
  );
  return rows.rows.map(({ type }) => type);
}

const nowCode = (secret: string) => codeAt(secret, Date.now());

describe("enrolling", () => {
  it("takes the password, then a code, and gives ten recovery codes", async () => {
    const { user, principal } = await person();
    const { secret, uri } = await beginEnrolment(principal, { password: user.password });
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const { searchParams, pathname } = new URL(uri);
    expect(decodeURIComponent(pathname)).toContain(user.email);
    expect(Object.fromEntries(searchParams)).toEqual({
      issuer: "Daybook",
      secret,
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
    expect(await readSecondFactor(user.id)).toMatchObject({ enabledAt: null, recoveryCodesLeft: 0 });

    const codes = await confirmEnrolment(principal, nowCode(secret));
    expect(new Set(codes).size).toBe(recoveryCodeCount);
    for (const code of codes) expect(code).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
    expect(await readSecondFactor(user.id)).toMatchObject({
      enabledAt: expect.stringMatching(/Z$/),
      recoveryCodesLeft: recoveryCodeCount,
    });
    expect(await eventsOf(principal)).toEqual(["secondFactor:enrolling", "secondFactor:enrolled"]);
  });

  it("keeps neither secret nor recovery codes in clear, in no table", async () => {
    const { user } = await person();
    const { secret, recoveryCodes } = await enrol(installation, user);
    const kept = await pool().query<{ all: string }>(
      `SELECT (SELECT string_agg(f::text || encode(f.secret, 'escape'), '') FROM second_factors f)
         || (SELECT string_agg(r::text || encode(r.hash, 'escape'), '') FROM recovery_codes r)
         || (SELECT string_agg(a::text, '') FROM audit_events a) AS all`,
    );
    const [code = ""] = recoveryCodes;
    for (const text of [secret, code, code.replaceAll("-", "")])
      expect(kept.rows[0]?.all).not.toContain(text);
  });

  it("is refused with a wrong password, which counts as at sign-in", async () => {
    const { user, principal } = await person();
    const wrong = { password: "not the password" };
    for (let guess = 0; guess < signInLimits.account.guesses; guess++) {
      await expect(beginEnrolment(principal, wrong)).rejects.toMatchObject({
        status: 400,
        errors: [{ parameter: "password" }],
      });
    }
    await expect(beginEnrolment(principal, { password: user.password })).rejects.toMatchObject({
      status: 429,
    });
  });

  it("is refused with a wrong code, after ten minutes, and when nothing was begun", async () => {
    const { user, principal } = await person();
    await expect(confirmEnrolment(principal, "123456")).rejects.toMatchObject({ status: 409 });
    const { secret } = await beginEnrolment(principal, { password: user.password });
    await expect(confirmEnrolment(principal, codeAt(secret, 0))).rejects.toMatchObject({ status: 400 });
    await pool().query(
      "UPDATE second_factors SET created_at = now() - interval '10 minutes' WHERE user_id = $1",
      [user.id],
    );
    await expect(confirmEnrolment(principal, nowCode(secret))).rejects.toMatchObject({ status: 409 });
    expect(await readSecondFactor(user.id)).toMatchObject({ enabledAt: null });
  });

  it("is confirmed by the session that began it alone", async () => {
    const { user, principal } = await person();
    const { secret } = await beginEnrolment(principal, { password: user.password });
    const stolen = await personOf(installation, user);
    await expect(confirmEnrolment(stolen, nowCode(secret))).rejects.toMatchObject({ status: 409 });
    const { principal: other } = await person();
    await expect(confirmEnrolment(other, nowCode(secret))).rejects.toMatchObject({ status: 409 });
    expect(await confirmEnrolment(principal, nowCode(secret))).toHaveLength(recoveryCodeCount);
  });

  it("with one there is no way to another but to remove it", async () => {
    const { user } = await person();
    const { principal } = await enrol(installation, user);
    await expect(beginEnrolment(principal, { password: user.password })).rejects.toMatchObject({
      status: 409,
    });
    await expect(confirmEnrolment(principal, "123456")).rejects.toMatchObject({ status: 409 });
  });

  it("is for people, not for their API tokens, and not for who has no password", async () => {
    const { user, principal } = await person();
    const { sessionId: _, ...token } = { ...principal, kind: "api-key" as const };
    const proof = { password: user.password };
    await expect(beginEnrolment(token, proof)).rejects.toMatchObject({ status: 403 });
    await pool().query("UPDATE users SET password_hash = NULL WHERE id = $1", [user.id]);
    await expect(beginEnrolment(principal, proof)).rejects.toMatchObject({ status: 409 });
    expect(await readSecondFactor(user.id)).toMatchObject({ hasPassword: false });
  });

  it("confirmed twice at the same moment succeeds once", async () => {
    const { user, principal } = await person();
    const { secret } = await beginEnrolment(principal, { password: user.password });
    const code = nowCode(secret);
    const tries = await Promise.allSettled([1, 2, 3].map(() => confirmEnrolment(principal, code)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("removing", () => {
  it("takes a code or a recovery code, and the rest with it", async () => {
    for (const by of ["code", "recovery code"]) {
      const { user } = await person();
      const { secret, recoveryCodes, principal } = await enrol(installation, user);
      await removeSecondFactor(principal, by === "code" ? nowCode(secret) : (recoveryCodes[9] ?? ""));
      expect(await readSecondFactor(user.id)).toMatchObject({ enabledAt: null, recoveryCodesLeft: 0 });
      expect((await eventsOf(principal)).slice(-2)).toEqual([
        "secondFactor:removing",
        "secondFactor:removed",
      ]);
    }
  });

  it("is refused with a wrong code and keeps everything; guesses are counted", async () => {
    const { user } = await person();
    const { secret, principal } = await enrol(installation, user);
    for (let guess = 0; guess < signInLimits.codes.guesses; guess++)
      await expect(removeSecondFactor(principal, "12345")).rejects.toMatchObject({ status: 400 });
    await expect(removeSecondFactor(principal, nowCode(secret))).rejects.toMatchObject({ status: 429 });
    expect(await readSecondFactor(user.id)).toMatchObject({
      enabledAt: expect.any(String),
      recoveryCodesLeft: recoveryCodeCount,
    });
  });
});

describe("new recovery codes", () => {
  it("replace all others, for the password or a code", async () => {
    const { user } = await person();
    const { secret, recoveryCodes: first, principal } = await enrol(installation, user);
    const second = await renewOwnRecoveryCodes(principal, { password: user.password });
    const third = await renewOwnRecoveryCodes(principal, { code: nowCode(secret) });
    expect(new Set([...first, ...second, ...third]).size).toBe(3 * recoveryCodeCount);
    await expect(removeSecondFactor(principal, first[0] ?? "")).rejects.toMatchObject({ status: 400 });
    await expect(removeSecondFactor(principal, second[0] ?? "")).rejects.toMatchObject({ status: 400 });
    await removeSecondFactor(principal, third[0] ?? "");
  });

  it("are refused for a wrong proof, a used code, and without a second factor", async () => {
    const { user, principal: without } = await person();
    const password = { password: user.password };
    await expect(renewOwnRecoveryCodes(without, password)).rejects.toMatchObject({ status: 409 });
    const { secret, principal } = await enrol(installation, user);
    const proof = { code: nowCode(secret) };
    await renewOwnRecoveryCodes(principal, proof);
    await expect(renewOwnRecoveryCodes(principal, proof)).rejects.toMatchObject({ status: 400 });
    await expect(renewOwnRecoveryCodes(principal, { password: "wrong" })).rejects.toMatchObject({
      status: 400,
    });
  });
});
