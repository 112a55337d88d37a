import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST } from "@/app/api/v1/tokens/route.ts";
import { signIn } from "@/lib/auth/server/sign-in.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { untilWaiting } from "@/lib/db/test-waiting.ts";
import { newLink } from "./links.ts";
import { resetByLink } from "./password-reset.ts";
import { toldOf } from "./test-audit.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const facts = { requestId: "r", address: "192.0.2.1", userAgent: "test" };

/** What comes of an attempt that begins before a change of the account is committed, and waits for it. */
async function during<T>(sql: string, user: TestUser, attempt: () => Promise<T>): Promise<T> {
  const { running } = await inTransaction(async (client) => {
    await client.query(sql, [user.id]);
    const begun = attempt();
    await untilWaiting(1);
    return { running: begun };
  });
  return await running;
}

describe("an API token that is made", () => {
  const wish = { name: "late", scopes: ["logs:read-own"], expiresInDays: 30 };

  it.each([
    ["deleted", "DELETE FROM users WHERE id = $1"],
    ["disabled", "UPDATE users SET status = 'disabled' WHERE id = $1"],
  ])("while its owner is %s is refused", async (_, sql) => {
    const user = await installation.addUser("member");
    const { cookie } = await installation.login(user);
    const request = new Request("http://localhost:3000/api/v1/tokens", {
      method: "POST",
      headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" },
      body: JSON.stringify(wish),
    });
    const response = await during(sql, user, () => POST(request));
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      detail: "Your account was disabled or deleted a moment ago.",
    });
    const told = await pool().query<{ event: string }>(
      "SELECT event_type AS event FROM audit_events WHERE initiator = $1 ORDER BY xid8, seq",
      [user.email],
    );
    expect(told.rows.map(({ event }) => event)).toEqual(["apiToken:creating", "apiToken:creation-failed"]);
    const tokens = await pool().query("SELECT 1 FROM api_tokens WHERE user_id = $1", [user.id]);
    expect(tokens.rowCount).toBe(0);
  });
});

describe("links of one person", () => {
  it("are used one after the other when they are used at once: one counts", async () => {
    const user = await installation.addUser("member");
    const links: string[] = [];
    for (let made = 0; made < 3; made++) {
      const { url } = await inTransaction((client) => newLink(client, user.id, "password-reset"));
      links.push(url.split("/").at(-1) ?? "");
    }
    // As of three transactions of which none saw the others'.
    await pool().query("UPDATE user_links SET replaced_at = NULL WHERE user_id = $1", [user.id]);
    const passwords = ["the first password", "the second password"];
    const { running } = await inTransaction(async (client) => {
      await client.query("SELECT FROM user_links WHERE user_id = $1 ORDER BY created_at LIMIT 1 FOR UPDATE", [
        user.id,
      ]);
      const begun = Promise.allSettled(
        passwords.map((password, place) => resetByLink({ token: links[place + 1] ?? "", password }, facts)),
      );
      await untilWaiting(2);
      return { running: begun };
    });
    const results = await running;
    const [good] = results.flatMap(({ status }, place) => (status === "fulfilled" ? [place] : []));
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: { status: 404 } });
    for (const [place, password] of passwords.entries()) {
      const result = await signIn({ email: user.email, password }, facts);
      expect("signedIn" in result, password).toBe(place === good);
    }
    const told = await toldOf(user.email, "user:password-reset");
    expect(told.map(({ event }) => event).sort()).toEqual([
      "user:password-reset",
      "user:password-reset-failed",
      "user:password-resetting",
      "user:password-resetting",
    ]);
  });

  it("cannot be made for an account that is being deleted", async () => {
    const user = await installation.addUser("member");
    const attempt = () =>
      inTransaction((client) => newLink(client, user.id, "password-reset")).catch((error: unknown) => error);
    expect(await during("DELETE FROM users WHERE id = $1", user, attempt)).toMatchObject({ status: 409 });
  });
});
