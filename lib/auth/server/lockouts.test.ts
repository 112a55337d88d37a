import { afterAll, beforeAll, expect, it } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { signInLimits } from "../limits.ts";
import { type TestInstallation, testInstallation } from "./test-installation.ts";
import { countAttempt } from "./throttle.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

it("the lock of an address names nobody of another organization", async () => {
  const { otherOrganizationId, organizationId } = installation;
  const { email } = await installation.addUser("member", { organizationId: otherOrganizationId });
  const tries = Array.from({ length: signInLimits.address.guesses }, (_, n) => `guess-${n}@example.org`);
  for (const guess of [...tries, email]) await countAttempt({ email: guess, address: "192.0.2.77" });
  const told = await pool().query<{ row: string; organizationId: string }>(
    `SELECT a::text AS row, organization_id AS "organizationId" FROM audit_events a WHERE workflow_type = 'user:lockout'`,
  );
  expect(told.rows).toHaveLength(2);
  for (const { row, organizationId: whose } of told.rows) {
    expect(whose).toBe(organizationId);
    expect(row).toContain("192.0.2.77");
    expect(row).not.toContain(email);
  }
});
