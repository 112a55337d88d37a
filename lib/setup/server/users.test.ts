import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roles } from "@/lib/auth/roles.ts";
import { findSession } from "@/lib/auth/server/sessions.ts";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { addUser, changeUser, listUsers, type UserWish } from "./users.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };
const wish = (email: string, more: Partial<UserWish> = {}): UserWish => ({
  email,
  name: "Somebody",
  role: "member",
  logins: [],
  ...more,
});

/** What the audit log says of an account, oldest first. */
async function told(email: string) {
  const found = await pool().query<{ event: string; before: unknown; after: unknown; reason: string | null }>(
    `SELECT event_type AS event, original_state AS before, updated_state AS after, custom_values ->> 'reason' AS reason
     FROM audit_events WHERE target = $1 AND workflow_type IN ('user:creation', 'user:update') ORDER BY xid8, seq`,
    [email],
  );
  return found.rows;
}

async function lineOf(email: string) {
  return (await listUsers()).find((line) => line.email === email);
}

describe("adding a user", () => {
  it("makes an account that opens with the password, and says so in the audit log", async () => {
    const password = await addUser(
      wish("New@Example.org", { role: "auditor", logins: ["nina", "nina", " root2 "] }),
    );
    expect(await signIn({ email: "new@example.org", password }, facts)).toHaveProperty("signedIn");
    expect(await lineOf("new@example.org")).toMatchObject({
      organization: "First",
      role: "auditor",
      status: "active",
      logins: ["nina", "root2"],
    });
    const events = await told("new@example.org");
    expect(events.map(({ event }) => event)).toEqual([
      "user:creation-attempting",
      "user:creating",
      "user:created",
    ]);
    expect(events[2]?.after).toMatchObject({ email: "new@example.org", role: "auditor", status: "active" });
    expect(JSON.stringify(events)).not.toContain(password);
  });

  it.each(roles)("of the role %s", async (role) => {
    await addUser(wish(`role-${role}@example.org`, { role }));
    expect(await lineOf(`role-${role}@example.org`)).toMatchObject({ role });
  });

  it("goes into another organization by its name", async () => {
    await addUser(wish("second@example.org", { organization: "Second" }));
    expect(await lineOf("second@example.org")).toMatchObject({ organization: "Second" });
    const unknown = addUser(wish("third@example.org", { organization: "Third" }));
    await expect(unknown).rejects.toThrow("There is no organization “Third”, only “First”, “Second”.");
  });

  it.each([
    [wish("no address"), "email: "],
    [wish("a@example.org", { name: " " }), "name: "],
    [wish("a@example.org", { logins: ["a\0b"] }), "logins.0: must hold neither NUL"],
    [wish("a@example.org", { logins: ["x".repeat(1025)] }), "logins.0: "],
  ])("names what is wrong with %j", async (given, reason) => {
    await expect(addUser(given)).rejects.toThrow(reason);
    expect(await lineOf("a@example.org")).toBeUndefined();
  });

  it("refuses a name that is another's, and says so in the audit log", async () => {
    await addUser(wish("alice@example.org", { logins: ["alice"] }));
    const cases: [UserWish, string][] = [
      [wish("alice@example.org"), "There is an account with the address alice@example.org."],
      [
        wish("bob@example.org", { logins: ["alice"] }),
        "The name alice is that of alice@example.org already.",
      ],
      [wish("bob@example.org", { logins: ["alice@example.org"] }), "is that of alice@example.org already."],
    ];
    for (const [given, reason] of cases) await expect(addUser(given)).rejects.toThrow(reason);
    expect(await lineOf("bob@example.org")).toBeUndefined();
    expect((await told("bob@example.org")).map(({ event }) => event)).toContain("user:creation-failed");
    // In another organization it is another alice.
    await addUser(wish("carol@example.org", { organization: "Second", logins: ["alice"] }));
  });

  it("gives a name to one of two who ask for it at once", async () => {
    const both = ["x", "y"].map((name) => addUser(wish(`${name}@example.org`, { logins: ["twin"] })));
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("changing a user", () => {
  it("disabled, nobody gets in; enabled, the same password does", async () => {
    const email = "leaver@example.org";
    const password = await addUser(wish(email));
    const signedIn = await signIn({ email, password }, facts);
    const sessionId = "signedIn" in signedIn ? signedIn.signedIn.sessionId : "";
    expect(await findSession(sessionId)).toMatchObject({ email });
    await changeUser(` ${email.toUpperCase()} `, { status: "disabled" });
    expect(await findSession(sessionId)).toBeUndefined();
    expect(await signIn({ email, password }, facts)).toEqual({ refused: "wrong" });
    await expect(changeUser(email, { status: "disabled" })).rejects.toThrow("is like that already");
    await changeUser(email, { status: "active" });
    expect(await findSession(sessionId)).toBeUndefined();
    expect(await signIn({ email, password }, facts)).toHaveProperty("signedIn");
    const events = (await told(email)).slice(3);
    expect(events.map(({ event }) => event)).toEqual([
      "user:updating",
      "user:updated",
      "user:updating",
      "user:updated",
    ]);
    expect(events[1]).toMatchObject({ before: { status: "active" }, after: { status: "disabled" } });
  });

  it("has other names and another role", async () => {
    await addUser(wish("names@example.org"));
    await changeUser("names@example.org", { logins: ["n1", "n2"] });
    await changeUser("names@example.org", { role: "admin" });
    expect(await lineOf("names@example.org")).toMatchObject({ logins: ["n1", "n2"], role: "admin" });
    await expect(changeUser("names@example.org", { logins: ["alice"] })).rejects.toThrow("is that of alice@");
    await expect(changeUser("names@example.org", { logins: [""] })).rejects.toThrow("login names: ");
    await changeUser("names@example.org", { logins: [] });
    expect(await lineOf("names@example.org")).toMatchObject({ logins: [] });
  });

  it("sees only shared sessions as an auditor, and as nothing else", async () => {
    await addUser(wish("outside@example.org", { role: "auditor" }));
    await changeUser("outside@example.org", { sharedOnly: true });
    expect(await lineOf("outside@example.org")).toMatchObject({ role: "auditor", sharedOnly: true });
    await expect(changeUser("outside@example.org", { sharedOnly: true })).rejects.toThrow(
      "like that already",
    );
    expect((await told("outside@example.org")).at(-1)).toMatchObject({
      before: { sharedOnly: false },
      after: { sharedOnly: true },
    });
    await addUser(wish("inside@example.org", { role: "admin" }));
    await expect(changeUser("inside@example.org", { sharedOnly: true })).rejects.toThrow(
      "only an auditor can",
    );
  });

  it("keeps the last superuser of an organization", async () => {
    const organization = "Second";
    await addUser(wish("s1@example.org", { role: "superuser", organization }));
    const refused = "s1@example.org is the last superuser of the organization.";
    await expect(changeUser("s1@example.org", { status: "disabled" })).rejects.toThrow(refused);
    await expect(changeUser("s1@example.org", { role: "admin" })).rejects.toThrow(refused);
    expect(await lineOf("s1@example.org")).toMatchObject({ role: "superuser", status: "active" });
    expect((await told("s1@example.org")).at(-1)).toMatchObject({
      event: "user:update-failed",
      reason: refused,
    });
    await addUser(wish("s2@example.org", { role: "superuser", organization }));
    const both = ["s1", "s2"].map((name) => changeUser(`${name}@example.org`, { status: "disabled" }));
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("names an account that is not there", async () => {
    await expect(changeUser("nobody@example.org", { role: "admin" })).rejects.toThrow("nobody@example.org");
  });
});
