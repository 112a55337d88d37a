import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { untilWaiting } from "@/lib/db/test-waiting.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import type { ProviderWish } from "../provider-wish.ts";
import { TestBrowser } from "./test-browser.ts";
import { connectProvider, testSuperuser } from "./test-connection.ts";
import { type TestProvider, testProvider } from "./test-provider.ts";

process.env["SSO_LOOPBACK_HTTP"] = "true";

let installation: TestInstallation;
let provider: TestProvider;
const redirects: string[] = [];
beforeAll(async () => {
  installation = await testInstallation();
  provider = await testProvider(() => redirects);
});
afterAll(async () => {
  await flushAnonymousFailures();
  await provider.close();
  await installation.remove();
});

async function connect(wish: Partial<ProviderWish> = {}): Promise<string> {
  return (await connectProvider(await testSuperuser(installation), provider, redirects, wish)).id;
}

/** A browser that was at the provider, and the way back that it has not gone yet. */
async function atTheDoor(providerId: string): Promise<{ browser: TestBrowser; back: string }> {
  const browser = new TestBrowser();
  const pressed = await browser.press(providerId);
  const { url } = (await pressed.json()) as { url: string };
  return { browser, back: await browser.visit(url) };
}

function whoIs({ session }: TestBrowser) {
  return authenticate(new Request("http://localhost:3000/api/v1/me", { headers: { cookie: session ?? "" } }));
}

describe("two first sign-ins of one person at once", () => {
  it.each(["email", "subject"] as const)(
    "make one account, which both are signed in to, found by %s",
    async (findsBy) => {
      const id = await connect({ createsAccounts: true, findsBy });
      const email = `twice-${findsBy}@example.org`;
      provider.people[email] = { email, email_verified: true };
      provider.next.login = email;
      const [one, two] = [await atTheDoor(id), await atTheDoor(id)];
      const { running } = await inTransaction(async (client) => {
        await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook users', 0))");
        const begun = Promise.all([one, two].map(({ browser, back }) => browser.ask(back)));
        await untilWaiting(2);
        return { running: begun };
      });
      const answers = await running;
      expect(answers.map((answer) => [answer.status, answer.headers.get("location")])).toEqual(
        [1, 2].map(() => [302, "http://localhost:3000"]),
      );
      const people = await Promise.all([one, two].map(({ browser }) => whoIs(browser)));
      expect(people[0]?.userId).toBe(people[1]?.userId);
      const made = await pool().query(
        `SELECT l.subject, l.made FROM users u LEFT JOIN identity_links l ON l.user_id = u.id WHERE u.email = $1`,
        [email],
      );
      expect(made.rows).toEqual([{ subject: email, made: true }]);
      const told = await pool().query<{ status: string | null }>(
        `SELECT custom_values->>'userMappingStatus' AS status FROM audit_events
       WHERE event_type = 'sso:logged-in' AND target = $1 ORDER BY 1`,
        [email],
      );
      expect(told.rows.map(({ status }) => status)).toEqual(["created", "mapped"]);
    },
  );

  it("under two addresses are of one account: the other is refused", async () => {
    const users = [await installation.addUser("member"), await installation.addUser("member")];
    const id = await connect();
    provider.next.login = "both";
    provider.people["both"] = { email: "nobody@example.org" };
    const doors = [await atTheDoor(id), await atTheDoor(id)];
    const { running } = await inTransaction(async (client) => {
      // Links can be looked at and not be written.
      await client.query("LOCK TABLE identity_links IN SHARE MODE");
      const begun: Promise<Response>[] = [];
      for (const [place, { browser, back }] of doors.entries()) {
        provider.people["both"] = { email: users[place]?.email ?? "", email_verified: true };
        begun.push(browser.ask(back));
        await untilWaiting(begun.length);
      }
      return { running: Promise.all(begun) };
    });
    const answers = await running;
    expect(answers.map(({ status }) => status)).toEqual([302, 303]);
    expect(answers[1]?.headers.get("location")).toContain("/sign-in/refused?reason=account");
    expect(await whoIs(doors[0]?.browser ?? new TestBrowser())).toMatchObject({ userId: users[0]?.id });
    const links = await pool().query("SELECT user_id AS id FROM identity_links WHERE subject = 'both'");
    expect(links.rows).toEqual([{ id: users[0]?.id }]);
  });

  it("as somebody who is deleted meanwhile are refused", async () => {
    const user = await installation.addUser("member");
    const id = await connect();
    provider.people["gone"] = { email: user.email, email_verified: true };
    provider.next.login = "gone";
    const { browser, back } = await atTheDoor(id);
    const { running } = await inTransaction(async (client) => {
      await client.query("DELETE FROM users WHERE id = $1", [user.id]);
      const begun = browser.ask(back);
      await untilWaiting(1);
      return { running: begun };
    });
    const answer = await running;
    expect(answer.headers.get("location")).toContain("/sign-in/refused?reason=account");
    expect(browser.session).toBeUndefined();
  });
});
