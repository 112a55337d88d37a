import { afterAll, beforeAll, expect, it } from "vitest";
import { readSecondFactor } from "@/lib/auth/server/second-factor.ts";
import { findSession } from "@/lib/auth/server/sessions.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { enrol } from "@/lib/auth/server/test-second-factor.ts";
import { pool } from "@/lib/db/client.ts";
import { resetSecondFactor } from "./reset-second-factor.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

it("takes the second factor of the last superuser away, and ends the sessions", async () => {
  const user = await installation.addUser("superuser");
  const { principal } = await enrol(installation, user);
  await resetSecondFactor(` ${user.email.toUpperCase()} `);
  expect(await readSecondFactor(user.id)).toMatchObject({ enabledAt: null, recoveryCodesLeft: 0 });
  expect(await findSession(principal.sessionId ?? "")).toBeUndefined();
  const told = await pool().query<{ type: string; by: string }>(
    "SELECT event_type AS type, initiator_type AS by FROM audit_events WHERE target_id = $1 ORDER BY seq DESC LIMIT 1",
    [user.id],
  );
  expect(told.rows).toEqual([{ type: "secondFactor:removed", by: "system" }]);
});

it("says who is not there and who has none", async () => {
  const user = await installation.addUser("superuser");
  await expect(resetSecondFactor(user.email)).rejects.toThrow("has no second factor");
  await expect(resetSecondFactor("nobody@example.org")).rejects.toThrow("no account");
});
