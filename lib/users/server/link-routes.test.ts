import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as activateRoute } from "@/app/api/auth/activate/route.ts";
import { POST as forgotRoute } from "@/app/api/auth/forgot-password/route.ts";
import { POST as resetRoute } from "@/app/api/auth/reset-password/route.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { backgroundDone } from "@/lib/mail/server/background.ts";
import { type MailServer, mailServer } from "@/lib/mail/server/test-mail-server.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { inviteUser } from "./invitations.ts";

let installation: TestInstallation;
let mails: MailServer;
beforeAll(async () => {
  mails = await mailServer();
  Object.assign(process.env, { SMTP_URL: mails.url, MAIL_FROM: "daybook@example.org" });
  installation = await testInstallation("https://daybook.example.org");
});
afterAll(async () => {
  await backgroundDone();
  await flushAnonymousFailures();
  await mails.stop();
  await installation.remove();
});

const password = "correct horse battery";

function post(body: unknown, headers: { [name: string]: string } = {}): Request {
  return new Request("https://daybook.example.org/api/auth/x", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...headers },
  });
}

async function invited(): Promise<{ email: string; token: string }> {
  const admin = testPrincipal(await installation.addUser("admin"));
  const email = `p${crypto.randomUUID().slice(0, 8)}@example.org`;
  const wish = { email, name: "P", role: "member" as const, logins: [], sharedOnly: false };
  await inviteUser(admin, { ...wish, globalScope: true, groupIds: [] });
  const [mail] = await mails.await(email);
  return { email, token: mail?.link.split("/").at(-1) ?? "" };
}

describe("the forms of people who are not signed in", () => {
  it("come from a page of Daybook, or change nothing", async () => {
    const { token } = await invited();
    const elsewhere = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ];
    for (const headers of elsewhere) {
      expect((await activateRoute(post({ token, name: "Eve", password }, headers))).status).toBe(403);
      expect((await forgotRoute(post({ email: "a@example.org" }, headers))).status).toBe(403);
      expect((await resetRoute(post({ token, password }, headers))).status).toBe(403);
    }
    expect((await activateRoute(post({ token, name: "P", password }))).status).toBe(204);
  });

  it("take what they are for and nothing else", async () => {
    const bad: [(request: Request) => Promise<Response>, unknown, number][] = [
      [activateRoute, "{", 400],
      [activateRoute, { token: "x", name: "P", password: "short" }, 400],
      [activateRoute, { token: "x", name: "P\r\nQ", password }, 400],
      [activateRoute, { token: "x", name: "P", password, role: "superuser" }, 400],
      [activateRoute, { token: "x".repeat(201), name: "P", password }, 400],
      [activateRoute, { token: ["x"], name: "P", password }, 400],
      [activateRoute, { token: "\0", name: "P", password }, 400],
      [activateRoute, { token: "x", name: "P", password }, 404],
      [resetRoute, { token: "x", password: "x".repeat(1025) }, 400],
      [resetRoute, { token: "x", password }, 404],
      [forgotRoute, { email: "" }, 400],
      [forgotRoute, { email: "a\0@example.org" }, 400],
      [forgotRoute, { email: `${"x".repeat(250)}@example.org` }, 400],
      [forgotRoute, { email: { $ne: "" } }, 400],
      [forgotRoute, { email: "a@example.org", next: "https://evil.example" }, 400],
    ];
    for (const [route, body, status] of bad)
      expect((await route(post(body))).status, JSON.stringify(body)).toBe(status);
  });

  it("write links to the configured address, whatever the request says", async () => {
    const user = await installation.addUser("member");
    const evil = { host: "evil.example", "x-forwarded-host": "evil.example", origin: "https://evil.example" };
    expect((await forgotRoute(post({ email: user.email }, evil))).status).toBe(202);
    const [mail] = await mails.await(user.email);
    expect(mail?.link).toMatch(/^https:\/\/daybook\.example\.org\/reset-password\//);
    expect(mail?.text).not.toContain("evil");
  });

  it("answer alike for whom there is and for whom there is not", async () => {
    const user = await installation.addUser("member");
    const disabled = await installation.addUser("member");
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [disabled.id]);
    const answers = [];
    for (const email of [user.email, disabled.email, "nobody@example.org"]) {
      const answer = await forgotRoute(post({ email }, { "x-daybook-request-id": "same" }));
      answers.push({
        status: answer.status,
        text: await answer.text(),
        headers: Object.fromEntries(answer.headers),
      });
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it("are user events: of the person who holds the link, else summed", async () => {
    const { email, token } = await invited();
    await activateRoute(post({ token, name: "P", password }, { "x-daybook-request-id": "by-link" }));
    const found = await pool().query(
      "SELECT user_name AS who, action, outcome, resource FROM user_events WHERE request_id = 'by-link'",
    );
    expect(found.rows).toEqual([
      { who: email, action: "user.activate", outcome: "success", resource: "/api/auth/x" },
    ]);
    await activateRoute(post({ token, name: "P", password }, { "x-daybook-address": "203.0.113.77" }));
    await flushAnonymousFailures();
    const failed = await pool().query(
      "SELECT user_name AS who, action, status FROM user_events WHERE client_address = '203.0.113.77'",
    );
    expect(failed.rows).toEqual([{ who: "anonymous", action: "user.activate", status: 404 }]);
  });
});
