import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { toldOf } from "@/lib/users/server/test-audit.ts";
import * as setUp from "./first-run.ts";
import { changeUser } from "./users.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
beforeEach(async () => {
  delete process.env["DAYBOOK_ORGANIZATION"];
  delete process.env["DAYBOOK_ADMIN_EMAIL"];
  await pool().query("DELETE FROM users");
  await pool().query("DELETE FROM sources");
  await pool().query("DELETE FROM organizations");
});
afterAll(() => installation.remove());

/** Without samples, unless the test is about them. */
const firstRun = (load = async () => 0) => setUp.firstRun(load);

const facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };
const names = async () =>
  (await pool().query<{ name: string }>("SELECT name FROM organizations ORDER BY created_at")).rows;

describe("the first run", () => {
  it("makes two organizations, each with a superuser whose password opens it", async () => {
    const { created, accounts, sampleRecords } = await firstRun();
    expect(created).toBe(true);
    expect(sampleRecords).toBe(0);
    expect(accounts.map(({ organization, email }) => [organization, email])).toEqual([
      ["My organization", "admin@daybook.local"],
      ["Sample organization", "sample@daybook.local"],
    ]);
    expect(await names()).toEqual([{ name: "My organization" }, { name: "Sample organization" }]);
    for (const account of accounts) expect(await signIn(account, facts)).toHaveProperty("signedIn");
    expect(
      await signIn({ email: "sample@daybook.local", password: accounts[0]?.password ?? "" }, facts),
    ).toEqual({
      refused: "wrong",
    });
  });

  it("puts the accounts into the audit log of their organization", async () => {
    await firstRun();
    const rows = await pool().query(
      `SELECT o.name, a.event_type, a.initiator_type FROM audit_events a JOIN organizations o ON o.id = a.organization_id
       WHERE a.target = 'sample@daybook.local' ORDER BY a.time`,
    );
    expect(rows.rows).toEqual([
      { name: "Sample organization", event_type: "user:creation-attempting", initiator_type: "system" },
      { name: "Sample organization", event_type: "user:creating", initiator_type: "system" },
      { name: "Sample organization", event_type: "user:created", initiator_type: "system" },
    ]);
  });

  it("tells all of an account that is made, so that its next change begins where this one ended", async () => {
    const email = "told@example.org";
    process.env["DAYBOOK_ADMIN_EMAIL"] = email;
    await firstRun();
    await changeUser(email, { name: "Ann" });
    const told = await toldOf(email, "user:creation", "user:update");
    const [created, updating] = [told[2], told[3]];
    expect(updating?.event).toBe("user:updating");
    expect(created?.after).toEqual(updating?.before);
    expect(created?.custom["scopeAssignmentStatus"]).toBe("role superuser, global scope");
  });

  it("does nothing the second time, whatever was renamed", async () => {
    await firstRun();
    await pool().query("UPDATE organizations SET name = name || ' renamed'");
    await pool().query("UPDATE users SET email = 'renamed-' || email");
    expect(await firstRun()).toEqual({ created: false, accounts: [], sampleRecords: 0 });
    expect(await names()).toHaveLength(2);
  });

  it("finishes what was cut off after the organizations were made", async () => {
    await firstRun();
    await pool().query("DELETE FROM users WHERE email = 'admin@daybook.local'");
    const { accounts } = await firstRun();
    expect(accounts.map(({ email }) => email)).toEqual(["admin@daybook.local"]);
  });

  it("loads the samples into their organization until that has succeeded, then no more", async () => {
    const loads: string[] = [];
    const failing = async () => Promise.reject(new Error("cut off"));
    const first = await setUp.firstRun(failing);
    expect(first).toMatchObject({ sampleRecords: 0, sampleFailure: "cut off" });
    expect(first.accounts).toHaveLength(2);
    const load = async (organizationId: string) => loads.push(organizationId) * 100;
    expect(await setUp.firstRun(load)).toMatchObject({ created: false, sampleRecords: 100 });
    expect(await setUp.firstRun(load)).toMatchObject({ sampleRecords: 0 });
    const sample = await pool().query("SELECT id FROM organizations WHERE name = 'Sample organization'");
    expect(loads).toEqual([sample.rows[0]?.id]);
  });

  it("makes both accounts or none", async () => {
    await firstRun();
    await pool().query("DELETE FROM users WHERE email = 'admin@daybook.local'");
    await pool().query("INSERT INTO organizations (id, name) VALUES (gen_random_uuid(), 'third')");
    await pool().query(
      "UPDATE users SET organization_id = (SELECT id FROM organizations WHERE name = 'third')",
    );
    await expect(firstRun()).rejects.toThrow(/unique|duplicate/);
    expect((await pool().query("SELECT 1 FROM users")).rowCount).toBe(1);
    const ends = await pool().query("SELECT 1 FROM audit_events WHERE event_type = 'user:creation-failed'");
    expect(ends.rowCount).toBe(2);
  });

  it("makes one installation when two start at once", async () => {
    await Promise.allSettled([firstRun(), firstRun()]);
    expect(await names()).toHaveLength(2);
    expect((await pool().query("SELECT 1 FROM users")).rowCount).toBe(2);
  });

  it("takes name and address from the environment", async () => {
    process.env["DAYBOOK_ORGANIZATION"] = "Example Ltd";
    process.env["DAYBOOK_ADMIN_EMAIL"] = "Ann@Example.org";
    const { accounts } = await firstRun();
    expect(accounts[0]).toMatchObject({ organization: "Example Ltd", email: "ann@example.org" });
  });

  it("names a wrong variable and makes nothing", async () => {
    process.env["DAYBOOK_ADMIN_EMAIL"] = "ann";
    await expect(firstRun()).rejects.toThrow("DAYBOOK_ADMIN_EMAIL");
    process.env["DAYBOOK_ADMIN_EMAIL"] = "sample@daybook.local";
    await expect(firstRun()).rejects.toThrow("DAYBOOK_ADMIN_EMAIL");
    expect(await names()).toEqual([]);
  });
});
