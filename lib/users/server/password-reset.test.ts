import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findSession } from "@/lib/auth/server/sessions.ts";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { backgroundDone } from "@/lib/mail/server/background.ts";
import { type MailServer, mailServer } from "@/lib/mail/server/test-mail-server.ts";
import { resetPassword } from "@/lib/setup/server/reset-password.ts";
import { linkLimits } from "../user.ts";
import { newLink } from "./links.ts";
import { canReset, requestReset, resetByLink } from "./password-reset.ts";
import { toldOf } from "./test-audit.ts";

let installation: TestInstallation;
let mails: MailServer;
beforeAll(async () => {
  mails = await mailServer();
  Object.assign(process.env, { SMTP_URL: mails.url, MAIL_FROM: "daybook@example.org" });
  installation = await testInstallation("https://daybook.example.org");
});
afterAll(async () => {
  await backgroundDone();
  await mails.stop();
  await installation.remove();
});

const password = "correct horse battery";
let at = 0;
let facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };
beforeEach(() => {
  mails.refuse(undefined);
  facts = { ...facts, address: `192.0.2.${++at}` };
});

async function linkFor(user: TestUser): Promise<string> {
  await requestReset(` ${user.email.toUpperCase()} `, facts);
  await backgroundDone();
  const sent = (await mails.await(user.email)).filter(({ link }) => link !== "");
  return sent.at(-1)?.link.split("/").at(-1) ?? "";
}

const cannot = "This link cannot be used";

describe("a forgotten password", () => {
  it("is replaced by the link in the mail, once, and all sessions end", async () => {
    const user = await installation.addUser("auditor");
    const { sessionId } = await installation.login(user);
    const token = await linkFor(user);
    const [mail] = await mails.await(user.email);
    expect(mail?.link).toMatch(/^https:\/\/daybook\.example\.org\/reset-password\/[\w-]{43}$/);
    expect(await findSession(sessionId), "asking changes nothing").toBeDefined();
    expect(await canReset(token, facts)).toBe(true);
    await resetByLink({ token, password }, facts);
    expect(await findSession(sessionId)).toBeUndefined();
    expect(await signIn({ email: user.email, password: user.password }, facts)).toEqual({ refused: "wrong" });
    expect(await signIn({ email: user.email, password }, facts)).toHaveProperty("signedIn");
    expect(await canReset(token, facts)).toBe(false);
    await expect(resetByLink({ token, password: "another password" }, facts)).rejects.toThrow(cannot);
    await backgroundDone();
    expect(
      (await toldOf(user.email, "user:password-reset-email")).map(({ event, type }) => [event, type]),
    ).toEqual([
      ["user:password-reset-email-sending", "anonymous"],
      ["user:password-reset-email-sent", "anonymous"],
    ]);
    expect((await toldOf(user.email, "user:password-reset")).map(({ event }) => event)).toEqual([
      "user:password-resetting",
      "user:password-reset",
      "user:password-resetting",
      "user:password-reset-failed",
    ]);
    expect((await toldOf(user.email, "user:password-reset")).at(-1)?.custom["reason"]).toBe(
      "the link is used",
    );
  });

  it("opens a locked account again", async () => {
    const user = await installation.addUser("member");
    for (let guess = 0; guess < 11; guess++)
      await signIn({ email: user.email, password: "wrong" }, { ...facts, address: "" });
    expect(await signIn({ email: user.email, password: user.password }, facts)).toEqual({
      refused: "locked",
    });
    const token = await linkFor(user);
    await resetByLink({ token, password }, facts);
    expect(await signIn({ email: user.email, password }, facts)).toHaveProperty("signedIn");
  });

  it("is answered the same whether there is such an account, before anybody looked", async () => {
    const user = await installation.addUser("member");
    const asked = [user.email, "nobody@example.org", "no address at all"].map((email) =>
      requestReset(email, facts),
    );
    expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined]);
    await backgroundDone();
    expect(mails.mails.filter(({ to }) => to.includes("nobody@example.org"))).toEqual([]);
    await mails.await(user.email);
  });

  it("counts for an account alike, known or not, and for an address", async () => {
    const user = await installation.addUser("member");
    for (const email of [user.email, "unknown@example.org"]) {
      for (let time = 0; time < linkLimits.resets.guesses; time++) await requestReset(email, facts);
      await expect(requestReset(email, facts)).rejects.toMatchObject({ status: 429 });
    }
    await backgroundDone();
    expect(await mails.await(user.email)).toHaveLength(linkLimits.resets.guesses);
    const from = { ...facts, address: "198.51.100.9" };
    for (let time = 0; time < linkLimits.resetsFromAddress.guesses; time++)
      await requestReset(`u${time}@example.org`, from);
    await expect(requestReset("one-more@example.org", from)).rejects.toMatchObject({ status: 429 });
  });

  it("of the last mail only: the link before is dead", async () => {
    const user = await installation.addUser("member");
    const first = await linkFor(user);
    await requestReset(user.email, facts);
    await mails.await(user.email, 2);
    await expect(resetByLink({ token: first, password }, facts)).rejects.toThrow(cannot);
  });

  it("takes with it a link that was asked for at the same moment", async () => {
    const user = await installation.addUser("member");
    const links = await Promise.all(
      [1, 2].map(() => inTransaction((client) => newLink(client, user.id, "password-reset"))),
    );
    const [first = "", second = ""] = links.map(({ url }) => url.split("/").at(-1) ?? "");
    // As of two transactions of which neither saw the other's.
    await pool().query("UPDATE user_links SET replaced_at = NULL WHERE user_id = $1", [user.id]);
    await resetByLink({ token: second, password }, facts);
    expect(await canReset(first, facts)).toBe(false);
    await expect(resetByLink({ token: first, password: "another password" }, facts)).rejects.toThrow(cannot);
  });

  it("is of no use after a new password from the server", async () => {
    const user = await installation.addUser("member");
    const token = await linkFor(user);
    await resetPassword(user.email);
    expect(await canReset(token, facts)).toBe(false);
    await expect(resetByLink({ token, password }, facts)).rejects.toThrow(cannot);
  });

  it("expires after an hour", async () => {
    const user = await installation.addUser("member");
    const token = await linkFor(user);
    const left = await pool().query<{ hours: number }>(
      "SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM user_links WHERE user_id = $1",
      [user.id],
    );
    expect(left.rows).toEqual([{ hours: linkLimits.resetHours }]);
    await pool().query("UPDATE user_links SET expires_at = now() WHERE user_id = $1", [user.id]);
    expect(await canReset(token, facts)).toBe(false);
    await expect(resetByLink({ token, password }, facts)).rejects.toThrow(cannot);
  });

  it("of a disabled account changes nothing, and is no activation", async () => {
    const user = await installation.addUser("member");
    const token = await linkFor(user);
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [user.id]);
    await expect(resetByLink({ token, password }, facts)).rejects.toThrow(cannot);
    const { activate } = await import("./activation.ts");
    await expect(activate({ token, name: "x", password }, facts)).rejects.toThrow(cannot);
    await requestReset(user.email, facts);
    await backgroundDone();
    expect(await mails.await(user.email)).toHaveLength(1);
    expect((await toldOf(user.email, "user:password-reset-email")).at(-1)?.custom["reason"]).toBe(
      "the account is disabled",
    );
  });

  it("of an account without one is a mail that says how to sign in", async () => {
    const user = await installation.addUser("member");
    await pool().query("UPDATE users SET password_hash = NULL WHERE id = $1", [user.id]);
    await requestReset(user.email, facts);
    const [mail] = await mails.await(user.email);
    expect(mail?.text).toContain("This account has no password");
    expect(mail?.link).toBe("https://daybook.example.org/sign-in");
    await backgroundDone();
    const links = await pool().query("SELECT 1 FROM user_links WHERE user_id = $1", [user.id]);
    expect(links.rowCount).toBe(0);
  });

  it("that could not be mailed is a recorded failure", async () => {
    const user = await installation.addUser("member");
    mails.refuse("no");
    await requestReset(user.email, facts);
    await backgroundDone();
    expect((await toldOf(user.email, "user:password-reset-email")).at(-1)).toMatchObject({
      event: "user:password-reset-email-failed",
      custom: { reason: "the mail server refused the address" },
    });
  });
});
