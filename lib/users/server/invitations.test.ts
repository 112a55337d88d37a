import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { type MailServer, mailServer } from "@/lib/mail/server/test-mail-server.ts";
import { resetPassword } from "@/lib/setup/server/reset-password.ts";
import { linkLimits } from "../user.ts";
import { type UserWish, userWish } from "../user-wish.ts";
import { activate, findInvited } from "./activation.ts";
import { inviteUser, resendInvitation } from "./invitations.ts";
import { forgetOldLinks } from "./links.ts";
import { deleteUser, updateUser } from "./manage-users.ts";
import { toldOf } from "./test-audit.ts";

let installation: TestInstallation;
let mails: MailServer;
let superuser: Principal;
let admin: Principal;
beforeAll(async () => {
  mails = await mailServer();
  Object.assign(process.env, { SMTP_URL: mails.url, MAIL_FROM: "Daybook <daybook@example.org>" });
  installation = await testInstallation("https://daybook.example.org");
  superuser = testPrincipal(await installation.addUser("superuser"));
  admin = testPrincipal(await installation.addUser("admin"));
});
afterAll(async () => {
  await mails.stop();
  await installation.remove();
});
beforeEach(() => mails.refuse(undefined));

const facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };
const password = "correct horse battery";
let count = 0;
const wish = (more: Partial<UserWish> = {}): UserWish => ({
  email: `invited-${count++}@example.org`,
  name: "Ann Invited",
  role: "member",
  logins: [],
  sharedOnly: false,
  globalScope: true,
  groupIds: [],
  ...more,
});

/** Invites somebody. @returns the token of the link in the mail */
async function invited(given = wish()): Promise<{ id: string; email: string; token: string }> {
  const { id } = await inviteUser(admin, given);
  const [mail] = await mails.await(given.email);
  return { id, email: given.email, token: mail?.link.split("/").at(-1) ?? "" };
}

const events = async (email: string, type: string) => (await toldOf(email, type)).map(({ event }) => event);
const cannot = "This link cannot be used";

describe("an invitation", () => {
  it("is a mail with a link to the configured address, which opens the account once", async () => {
    const given = wish({ role: "auditor", logins: ["ann1"] });
    const { id, mail, link } = await inviteUser(admin, given);
    expect({ mail, link }).toEqual({ mail: "sent", link: undefined });
    const [got] = await mails.await(given.email);
    expect(got?.text).toContain(
      `Hello Ann Invited,\n\n${admin.email} has invited you to Daybook, the audit console of First.`,
    );
    expect(got?.link).toMatch(/^https:\/\/daybook\.example\.org\/activate\/[\w-]{43}$/);
    expect(await signIn({ email: given.email, password }, facts)).toEqual({ refused: "wrong" });

    const token = got?.link.split("/").at(-1) ?? "";
    expect(await findInvited(token, facts)).toEqual({
      email: given.email,
      name: "Ann Invited",
      organizationName: "First",
    });
    expect(await findInvited(token, facts), "looking uses nothing up").toBeDefined();
    await activate({ token, name: "Ann Herself", password }, facts);
    expect(await signIn({ email: given.email, password }, facts)).toHaveProperty("signedIn");
    expect(await findInvited(token, facts)).toBeUndefined();
    await expect(activate({ token, name: "Eve", password: "another password" }, facts)).rejects.toThrow(
      cannot,
    );
    expect(await signIn({ email: given.email, password }, facts)).toHaveProperty("signedIn");

    const [attempting, creating, created] = await toldOf(given.email, "user:creation");
    expect([attempting, creating, created].map((step) => step?.custom["creationStatus"])).toEqual([
      "attempting",
      "creating",
      "created",
    ]);
    expect(created).toMatchObject({
      initiator: admin.email,
      custom: {
        newUsername: given.email,
        createdBy: admin.email,
        scopeAssignmentStatus: "role auditor, the global scope to be given next",
      },
      after: { status: "invited", role: "auditor", logins: ["ann1"] },
    });
    expect(await events(given.email, "user:activation-email")).toEqual([
      "user:first-activation-email-sending",
      "user:first-activation-email-sent",
    ]);
    const activation = await toldOf(given.email, "user:activation");
    expect(activation.map(({ event, custom }) => [event, custom["invitationValidationStatus"]])).toEqual([
      ["user:activating", "valid"],
      ["user:activated", "valid"],
      ["user:activating", "used"],
      ["user:activation-failed", "used"],
    ]);
    expect(activation[1]).toMatchObject({
      initiator: given.email,
      custom: { username: given.email },
      before: { status: "invited", name: "Ann Invited" },
      after: { status: "active", name: "Ann Herself" },
    });
    const kept = await pool().query<{ all: string }>(
      "SELECT string_agg(a::text, '') AS all FROM audit_events a",
    );
    expect(kept.rows[0]?.all).not.toContain(token);
    expect(kept.rows[0]?.all).not.toContain(password);
    const links = await pool().query<{ hash: Buffer }>("SELECT hash FROM user_links WHERE user_id = $1", [
      id,
    ]);
    expect(links.rows[0]?.hash).toHaveLength(32);
  });

  it("without any scope says so in the record of the account", async () => {
    const { email } = await invited(wish({ globalScope: false }));
    const [attempting] = await toldOf(email, "user:creation");
    expect(attempting?.custom["scopeAssignmentStatus"]).toBe("role member, no scope yet");
  });

  it("of two who use one link at once, one does", async () => {
    const { token } = await invited();
    const both = ["password of one", "password of two"].map((each) =>
      activate({ token, name: "Twin", password: each }, facts),
    );
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("gives its reader no other link than one made here", async () => {
    const { token } = await invited();
    const forged = [
      "",
      "x",
      "../../sign-in",
      `${token}x`,
      token.slice(0, -1),
      `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`,
      "A".repeat(43),
      "' OR true --",
      "\0".repeat(43),
    ];
    for (const other of forged) {
      expect(await findInvited(other, facts), other).toBeUndefined();
      await expect(activate({ token: other, name: "Eve", password }, facts), other).rejects.toThrow(cannot);
    }
    expect(await findInvited(token, facts)).toBeDefined();
  });

  it("is not gone around by a new password from the server", async () => {
    const { email } = await invited();
    await expect(resetPassword(email)).rejects.toThrow("has not used the link of the invitation yet");
  });

  it("expires", async () => {
    const { token, email, id } = await invited();
    await pool().query("UPDATE user_links SET expires_at = now() - interval '1 s' WHERE user_id = $1", [id]);
    expect(await findInvited(token, facts)).toBeUndefined();
    await expect(activate({ token, name: "Late", password }, facts)).rejects.toThrow(cannot);
    expect((await toldOf(email, "user:activation")).at(-1)?.custom).toMatchObject({
      invitationValidationStatus: "expired",
      reason: "the link is expired",
    });
    const found = await pool().query("SELECT status FROM users WHERE id = $1", [id]);
    expect(found.rows).toEqual([{ status: "invited" }]);
  });

  it("is dead when the account was disabled or deleted, and lives again with the account", async () => {
    const { token, id } = await invited();
    await updateUser(admin, id, { version: 2, status: "disabled" });
    await expect(activate({ token, name: "Out", password }, facts)).rejects.toThrow(cannot);
    await updateUser(admin, id, { version: 3, status: "active" });
    const found = await pool().query("SELECT status FROM users WHERE id = $1", [id]);
    expect(found.rows, "enabled, but never activated").toEqual([{ status: "invited" }]);
    expect(await findInvited(token, facts)).toBeDefined();
    await deleteUser(admin, id, { version: 4, reason: "mistake" });
    await expect(activate({ token, name: "Out", password }, facts)).rejects.toThrow(cannot);
  });

  it("may be tried so often only from one address, whether links are right or wrong", async () => {
    const from = { ...facts, address: "198.51.100.7" };
    for (let at = 0; at < linkLimits.triesFromAddress.guesses; at++) await findInvited("x", from);
    await expect(findInvited("x", from)).rejects.toMatchObject({ status: 429 });
    const { token } = await invited();
    await expect(activate({ token, name: "Ann", password }, from)).rejects.toMatchObject({ status: 429 });
    await activate({ token, name: "Ann", password }, facts);
  });

  it("that the mail server refuses leaves the account, and says so to the caller and in the record", async () => {
    mails.refuse("mailbox full");
    const given = wish();
    const { mail, reason, link } = await inviteUser(admin, given);
    expect({ mail, reason, link }).toEqual({
      mail: "failed",
      reason: "the mail server refused the address",
      link: undefined,
    });
    expect((await toldOf(given.email, "user:activation-email")).at(-1)).toMatchObject({
      event: "user:first-activation-email-failed",
      custom: { emailSendingStatus: "failed", reason: "the mail server refused the address" },
    });
  });

  it("is refused above the own role, for whom there is already, and for what is no wish", async () => {
    await expect(inviteUser(admin, wish({ role: "superuser" }))).rejects.toMatchObject({ status: 403 });
    await inviteUser(superuser, wish({ role: "superuser" }));
    const given = wish();
    await inviteUser(admin, given);
    await expect(inviteUser(admin, given)).rejects.toMatchObject({ status: 409 });
    const bad = [
      { email: "x" },
      { email: "a@example.org\r\nBcc: b@example.org" },
      { email: "Ann <ann@example.org>" },
      { name: " " },
      { name: "Ann\r\nBcc: eve@evil.example" },
      { name: "x".repeat(201) },
      { sharedOnly: true },
      { logins: ["a\0b"] },
      { more: 1 },
    ];
    for (const wrong of bad)
      expect(userWish.safeParse({ ...wish(), ...wrong }).success, JSON.stringify(wrong)).toBe(false);
    expect(userWish.parse({ ...wish(), email: " ANN.New@Example.org " }).email).toBe("ann.new@example.org");
  });

  it("holds names of whoever as text in one line", async () => {
    const name = '<a href="https://evil.example">Ann</a> \u202e& Co';
    await pool().query("UPDATE organizations SET name = $2 WHERE id = $1", [
      installation.organizationId,
      "First\r\nBcc: eve@evil.example",
    ]);
    const given = wish({ name });
    await inviteUser({ ...admin, organizationName: "First\r\nBcc: eve@evil.example" }, given);
    await pool().query("UPDATE organizations SET name = 'First' WHERE id = $1", [
      installation.organizationId,
    ]);
    const [got] = await mails.await(given.email);
    expect(got?.to).toEqual([given.email]);
    expect(got?.headers.map(({ name }) => name)).not.toContain("bcc");
    expect(got?.headers.find(({ name }) => name === "subject")?.value).toBe(
      "Your account at First Bcc: eve@evil.example",
    );
    expect(got?.text).toContain('Hello <a href="https://evil.example">Ann</a> & Co,\n');
    expect(got?.headers.find(({ name }) => name === "content-type")?.value).toMatch(/^text\/plain/);
  });
});

describe("another link", () => {
  it("takes the place of the one before", async () => {
    const { id, email, token } = await invited();
    expect(await resendInvitation(admin, id)).toMatchObject({ id, mail: "sent" });
    const [, second] = await mails.await(email, 2);
    const fresh = second?.link.split("/").at(-1) ?? "";
    await expect(activate({ token, name: "Old", password }, facts)).rejects.toThrow(cannot);
    await activate({ token: fresh, name: "New", password }, facts);
    expect(
      (await toldOf(email, "user:activation-email-resend")).map(({ custom }) => custom["emailSendingStatus"]),
    ).toEqual(["sending", "sent"]);
    await expect(resendInvitation(admin, id)).rejects.toMatchObject({ status: 409 });
  });

  it("that could not be sent is told, recorded and no error", async () => {
    const { id, email } = await invited();
    mails.refuse("no");
    expect(await resendInvitation(admin, id)).toMatchObject({ mail: "failed" });
    expect(
      (await toldOf(email, "user:activation-email-resend")).map(({ custom }) => custom["emailSendingStatus"]),
    ).toEqual(["sending", "failed"]);
  });

  it("is sent so often only, and to nobody above or elsewhere", async () => {
    const { id } = await invited();
    for (let at = 0; at < linkLimits.resends.guesses; at++) await resendInvitation(admin, id);
    await expect(resendInvitation(admin, id)).rejects.toMatchObject({ status: 429 });
    const above = await inviteUser(superuser, wish({ role: "superuser" }));
    await expect(resendInvitation(admin, above.id)).rejects.toMatchObject({ status: 403 });
    const { otherOrganizationId } = installation;
    const other = testPrincipal(
      await installation.addUser("superuser", { organizationId: otherOrganizationId }),
    );
    await expect(resendInvitation(other, id)).rejects.toMatchObject({ status: 404 });
  });

  it("is forgotten long after its end", async () => {
    const { id, token } = await invited();
    await pool().query("UPDATE user_links SET expires_at = now() - interval '31 days' WHERE user_id = $1", [
      id,
    ]);
    expect(await forgetOldLinks()).toBe(1);
    expect(await findInvited(token, facts)).toBeUndefined();
  });
});
