import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { resetSecondFactor } from "@/lib/auth/server/access-of-others.ts";
import { removeSecondFactor, renewOwnRecoveryCodes } from "@/lib/auth/server/enrolment.ts";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { codeAt, enrol } from "@/lib/auth/server/test-second-factor.ts";
import { countCode } from "@/lib/auth/server/throttle.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { backgroundDone } from "@/lib/mail/server/background.ts";
import { type MailServer, mailServer, type ReceivedMail } from "@/lib/mail/server/test-mail-server.ts";
import { resetPassword } from "@/lib/setup/server/reset-password.ts";
import { newLink } from "./links.ts";
import { resetByLink } from "./password-reset.ts";

let installation: TestInstallation;
let mails: MailServer;
beforeAll(async () => {
  mails = await mailServer();
  Object.assign(process.env, { SMTP_URL: mails.url, MAIL_FROM: "daybook@example.org" });
  installation = await testInstallation();
});
afterAll(async () => {
  await backgroundDone();
  await mails.stop();
  await installation.remove();
});
beforeEach(() => mails.refuse(undefined));

const facts = { requestId: "r", address: "", userAgent: "test" };

/** What a person was sent when all that was begun has ended. None of it may open anything. */
async function sentTo({ email }: TestUser): Promise<ReceivedMail[]> {
  await backgroundDone();
  const sent = mails.mails.filter(({ to }) => to.includes(email));
  for (const { text } of sent) expect(text).not.toMatch(/https?:|[A-Za-z0-9_-]{43}/);
  return sent;
}

const subjectsOf = (sent: readonly ReceivedMail[]) =>
  sent.map(({ headers }) => headers.find(({ name }) => name === "subject")?.value);

async function guess(user: TestUser, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await signIn({ email: user.email, password: "wrong" }, facts);
}

it("who is locked out is told once, until when; a disabled account and a stranger's address are not", async () => {
  const [user, disabled] = [await installation.addUser("member"), await installation.addUser("member")];
  await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [disabled.id]);
  for (const each of [user, disabled, { ...user, email: "nobody@example.org" }]) await guess(each, 12);
  const sent = await sentTo(user);
  expect(subjectsOf(sent)).toEqual(["Your account is locked for a while"]);
  const lock = await pool().query<{ until: Date }>(
    "SELECT locked_until AS until FROM sign_in_throttles WHERE key = $1",
    [`account ${user.email}`],
  );
  const until = lock.rows[0]?.until.toISOString().slice(0, 16).replace("T", " ");
  expect(sent[0]?.text).toContain(`is locked until ${until} UTC, after too many wrong passwords.`);
  expect(await sentTo(disabled)).toEqual([]);
  expect(mails.mails.filter(({ to }) => to.includes("nobody@example.org"))).toEqual([]);
});

it("who is locked out by wrong codes is told that the password is known, and from where", async () => {
  const user = await installation.addUser("member");
  const attempt = { email: user.email, userId: user.id, address: "192.0.2.77" };
  for (let time = 0; time < 12; time++) await countCode(attempt);
  const [mail] = await sentTo(user);
  expect(mail?.text).toContain("somebody knows your password");
  expect(mail?.text).toContain("from the address 192.0.2.77");
});

it("a new password is told, by a link and from the server's console, and never shown", async () => {
  const user = await installation.addUser("member");
  const { url } = await inTransaction((client) => newLink(client, user.id, "password-reset"));
  await resetByLink({ token: url.split("/").at(-1) ?? "", password: "correct horse battery" }, facts);
  await backgroundDone();
  const generated = await resetPassword(user.email);
  const sent = await sentTo(user);
  expect(subjectsOf(sent)).toEqual(["Your password was changed", "Your password was changed"]);
  for (const { text } of sent) expect(text).not.toMatch(new RegExp(`correct horse|${generated}`));
  expect(sent[1]?.text).toContain("A command on the server did it.");
});

it("every change of a second factor is told, and who did it where it was another", async () => {
  const admin = testPrincipal(await installation.addUser("admin"));
  const user = await installation.addUser("member");
  const { secret, recoveryCodes, principal } = await enrol(installation, user);
  await backgroundDone();
  const renewed = await renewOwnRecoveryCodes(principal, { password: user.password });
  await backgroundDone();
  await removeSecondFactor(principal, codeAt(secret, Date.now() + 30_000));
  await backgroundDone();
  const lost = await installation.addUser("member");
  await enrol(installation, lost);
  await backgroundDone();
  await resetSecondFactor(admin, lost.id, "lost the phone");
  const sent = await sentTo(user);
  expect(subjectsOf(sent)).toEqual([
    "A second factor was set up",
    "New recovery codes",
    "Your second factor was removed",
  ]);
  for (const secretText of [secret, ...recoveryCodes, ...renewed])
    for (const { text } of sent) expect(text).not.toContain(secretText);
  const [, reset] = await sentTo(lost);
  expect(reset?.text).toContain(`asks for no code any more. ${admin.email} did it.`);
});

it("a mail that nobody takes fails nothing", async () => {
  mails.refuse("no");
  const user = await installation.addUser("member");
  const { principal } = await enrol(installation, user);
  expect(principal.userId).toBe(user.id);
  await guess(user, 12);
  expect(await sentTo(user)).toEqual([]);
  const told = await pool().query(
    "SELECT 1 FROM audit_events WHERE target = $1 AND event_type IN ('user:locked-out', 'secondFactor:enrolled')",
    [user.email],
  );
  expect(told.rowCount).toBe(2);
});
