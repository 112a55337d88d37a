import type { AddressInfo } from "node:net";
import net from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type MailServer, mailServer } from "./test-mail-server.ts";

const kept = { ...process.env };
let server: MailServer | undefined;
beforeEach(() => {
  vi.resetModules();
  const key = Buffer.alloc(32).toString("base64");
  Object.assign(process.env, {
    DATABASE_URL: "unused",
    DATA_DIR: "unused",
    NEXTAUTH_URL: "https://daybook.example.org",
    NEXTAUTH_SECRET: "x".repeat(32),
    REDACTION_KEY: key,
    SEALING_KEY: key,
    AUTHORITY_KEY: key,
    LOG_LEVEL: "silent",
    MAIL_FROM: '"Daybook, Inc." <daybook@example.org>',
  });
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  process.env = { ...kept };
});

async function mailer(url: string) {
  process.env["SMTP_URL"] = url;
  return await import("./send-mail.ts");
}

const mail = { to: "ann@example.org", subject: "Hello", text: "Grüße\n\nhttps://example.org/x\n" };

describe("a mail", () => {
  it("is plain text from MAIL_FROM to one address", async () => {
    server = await mailServer({ user: "robot@x", password: "p:/@ss" });
    const { sendMail, mailIsSetUp } = await mailer(server.url);
    expect(mailIsSetUp()).toBe(true);
    await sendMail(mail);
    const [got] = server.mails;
    expect(got).toMatchObject({
      from: "daybook@example.org",
      to: ["ann@example.org"],
      link: "https://example.org/x",
    });
    expect(got?.text).toContain("Grüße");
    const header = (name: string) =>
      got?.headers.filter((one) => one.name === name).map(({ value }) => value);
    expect(header("from")).toEqual(['"Daybook, Inc." <daybook@example.org>']);
    expect(header("to")).toEqual(["ann@example.org"]);
    expect(header("subject")).toEqual(["Hello"]);
    expect(header("content-type")?.[0]).toMatch(/^text\/plain/);
    expect(header("auto-submitted")).toEqual(["auto-generated"]);
  });

  it.each([
    "Hello\r\nBcc: eve@evil.example",
    "Hello\nBcc: eve@evil.example\n\nother text",
    "Hello\u2028Bcc: eve@evil.example",
    `Hello\r\n${"x".repeat(2000)}`,
    "Hello\0\r\n.\r\nMAIL FROM:<eve@evil.example>",
  ])("has no header that the subject %j would add", async (subject) => {
    server = await mailServer();
    const { sendMail } = await mailer(server.url);
    await sendMail({ ...mail, subject, text: ".\r\nQUIT\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n" });
    expect(server.mails).toHaveLength(1);
    const [got] = server.mails;
    expect(got?.to).toEqual(["ann@example.org"]);
    const names = got?.headers.map(({ name }) => name) ?? [];
    expect(names).not.toContain("bcc");
    expect(names.filter((name) => name === "subject")).toHaveLength(1);
    expect(got?.text).toContain("MAIL FROM:<eve@evil.example>");
  });

  it.each([
    "ann@example.org\r\nRCPT TO:<eve@evil.example>",
    "ann@example.org, eve@evil.example",
    "Ann <ann@example.org>",
    "ann@example.org> <eve@evil.example",
    "",
  ])("is sent to nobody when the address is %j", async (to) => {
    server = await mailServer();
    const { sendMail } = await mailer(server.url);
    await expect(sendMail({ ...mail, to })).rejects.toThrow("the address cannot be sent mail to");
    expect(server.mails).toEqual([]);
  });
});

describe("a mail that cannot be sent says why, without what the mail server said", () => {
  it("because the address is refused", async () => {
    server = await mailServer();
    const { sendMail } = await mailer(server.url);
    server.refuse("no such user on host-secret-17");
    await expect(sendMail(mail)).rejects.toThrow("the mail server refused the address");
  });

  it("because the password is wrong", async () => {
    server = await mailServer({ user: "robot", password: "right" });
    const { sendMail } = await mailer(server.url.replace("right", "wrong"));
    await expect(sendMail(mail)).rejects.toThrow("does not accept the user and password of SMTP_URL");
  });

  it("because nobody listens", async () => {
    const closed = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => closed.once("listening", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { sendMail } = await mailer(`smtp://127.0.0.1:${port}`);
    await expect(sendMail(mail)).rejects.toThrow(/^the mail server cannot be reached/);
  });

  it("because mail is not set up", async () => {
    delete process.env["MAIL_FROM"];
    const { sendMail, mailIsSetUp } = await mailer("");
    expect(mailIsSetUp()).toBe(false);
    await expect(sendMail(mail)).rejects.toThrow("mail is not set up");
  });

  it("because the mail server says nothing, within the limit", async () => {
    const mute = net.createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => mute.once("listening", resolve));
    const { port } = mute.address() as AddressInfo;
    const { mailLimits } = await import("../limits.ts");
    Object.assign(mailLimits, { connectMs: 200, totalMs: 1000 });
    const { sendMail } = await mailer(`smtp://127.0.0.1:${port}`);
    await expect(sendMail(mail)).rejects.toThrow(/does not answer|within 1 s/);
    await new Promise((resolve) => mute.close(resolve));
  });
});

describe("the environment", () => {
  it.each([
    [{ SMTP_URL: "mail.example.org" }, /^The environment is incomplete. SMTP_URL: must be a URL as smtp:/],
    [{ SMTP_URL: "https://mail.example.org" }, /SMTP_URL: must be a URL/],
    [{ SMTP_URL: "smtp://mail.example.org/?pool=true" }, /SMTP_URL: must be a URL/],
    [{ SMTP_URL: "smtp://user@mail.example.org" }, /SMTP_URL: must be a URL/],
    [{ SMTP_URL: "smtp://mail.example.org", MAIL_FROM: "" }, /MAIL_FROM: is missing beside SMTP_URL/],
    [{ SMTP_URL: "", MAIL_FROM: "a@example.org" }, /SMTP_URL: is missing beside MAIL_FROM/],
    [{ SMTP_URL: "smtp://x", MAIL_FROM: "a@example.org\r\nBcc: b@x" }, /MAIL_FROM: must be an address/],
    [{ SMTP_URL: "smtp://x", MAIL_FROM: "Daybook" }, /MAIL_FROM: must be an address/],
  ])("refuses %j and keeps the password to itself", async (given, message) => {
    Object.assign(process.env, given);
    const { env } = await import("@/lib/env.ts");
    expect(() => env()).toThrow(message);
  });

  it("never prints the password of a wrong URL", async () => {
    process.env["SMTP_URL"] = "smpt://user:hunter2@mail.example.org";
    const { env } = await import("@/lib/env.ts");
    expect(() => env()).toThrow(expect.not.stringContaining("hunter2"));
  });
});
