import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { inviteUser } from "./invitations.ts";

let installation: TestInstallation;
beforeAll(async () => {
  delete process.env["SMTP_URL"];
  installation = await testInstallation();
});
afterAll(() => installation.remove());

it("where mail is not set up, the record does not say that something was mailed", async () => {
  const admin = testPrincipal(await installation.addUser("admin"));
  const email = "ann@example.org";
  const given = { email, name: "Ann", role: "member" as const, logins: [], sharedOnly: false };
  const { mail, link } = await inviteUser(admin, { ...given, globalScope: true, groupIds: [] });
  expect({ mail, link }).toEqual({ mail: "not set up", link: expect.stringContaining("/activate/") });
  const told = await pool().query<{ says: string }>(
    `SELECT event_description AS says FROM audit_events
     WHERE target = $1 AND workflow_type = 'user:activation-email' ORDER BY seq`,
    [email],
  );
  expect(told.rows.map(({ says }) => says)).toEqual([
    `Sending the activation mail to ${email}: mail is not set up, the initiator was shown the link`,
    `Sent the activation mail to ${email}: mail is not set up, the initiator was shown the link`,
  ]);
});
