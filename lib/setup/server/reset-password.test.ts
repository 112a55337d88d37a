import { afterAll, beforeAll, expect, it } from "vitest";
import { signInLimits } from "@/lib/auth/limits.ts";
import { findSession } from "@/lib/auth/server/sessions.ts";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { resetPassword } from "./reset-password.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };

it("gives a new password, ends the sessions and the lock-out, and says so in the audit log", async () => {
  const user = await installation.addUser("superuser");
  const { sessionId } = await installation.login(user);
  for (let guess = 0; guess <= signInLimits.account.guesses; guess++) {
    await signIn({ ...user, password: "not the password" }, facts);
  }
  const password = await resetPassword(` ${user.email.toUpperCase()}`);
  expect(await findSession(sessionId)).toBeUndefined();
  expect(await signIn(user, facts)).toEqual({ refused: "wrong" });
  expect(await signIn({ email: user.email, password }, facts)).toHaveProperty("signedIn");
  const events = await pool().query(
    "SELECT event_type AS event FROM audit_events WHERE target_id = $1 AND workflow_type = 'user:password-reset' ORDER BY time",
    [user.id],
  );
  expect(events.rows.map(({ event }) => event)).toEqual(["user:password-resetting", "user:password-reset"]);
});

it("names an account that is not there", async () => {
  await expect(resetPassword("nobody@example.org")).rejects.toThrow("nobody@example.org");
});
