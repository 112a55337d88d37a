import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { authenticate } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import type { ProviderItem } from "../provider.ts";
import type { ProviderWish } from "../provider-wish.ts";
import { changeProvider, deleteProvider } from "./providers.ts";
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
beforeEach(async () => {
  await pool().query("DELETE FROM identity_providers");
  for (const login of Object.keys(provider.people)) delete provider.people[login];
});

async function connect(wish: Partial<ProviderWish> = {}, organizationId?: string): Promise<ProviderItem> {
  return connectProvider(await testSuperuser(installation, organizationId), provider, redirects, wish);
}

async function rowsOf(type: string, target: string) {
  const found = await pool().query<{
    event: string;
    initiator: string;
    kind: string;
    custom: { [key: string]: unknown };
  }>(
    `SELECT event_type AS event, initiator, initiator_type AS kind, custom_values AS custom FROM audit_events
     WHERE workflow_type = $1 AND target = $2 ORDER BY seq`,
    [type, target],
  );
  return found.rows;
}

function whoIs(browser: TestBrowser) {
  const cookie = browser.session ?? "";
  return authenticate(new Request("http://localhost:3000/api/v1/me", { headers: { cookie } }));
}

/** Where a refused person is led. */
function reasonOf(response: Response): string | null {
  expect(response.status).toBe(303);
  const location = new URL(response.headers.get("location") ?? "");
  expect(location.pathname).toBe("/sign-in/refused");
  return location.searchParams.get("reason");
}

describe("with an account of the verified address", () => {
  it("signs in, leads where the person wanted, and is on record", async () => {
    const user = await installation.addUser("auditor");
    const { id, name } = await connect();
    provider.people["ann"] = { email: user.email.toUpperCase(), email_verified: true, name: "Ann" };
    provider.next.login = "ann";
    const browser = new TestBrowser();
    const response = await browser.signIn(id, "/logs/commands?user=ann");
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("http://localhost:3000/logs/commands?user=ann");
    expect(await whoIs(browser)).toMatchObject({ userId: user.id, role: "auditor" });
    const rows = await rowsOf("sso:login", user.email);
    expect(rows.map(({ event }) => event)).toEqual(["sso:logging-in", "sso:logged-in"]);
    expect(rows[1]).toMatchObject({
      initiator: user.email,
      kind: "tenant-user",
      custom: {
        identityProvider: name,
        userMappingStatus: "mapped",
        loginStatus: "success",
        sourceIpAddress: "192.0.2.1",
        sessionId: expect.any(String),
      },
    });
    const session = await pool().query("SELECT id FROM sessions WHERE user_id = $1", [user.id]);
    expect(rows[1]?.custom["sessionId"]).toBe(session.rows[0].id);
  });

  it.each([
    ["vsa9", "user:vsa9-login", "vsa-user", { vsaUserMappingStatus: "mapped", sourceIpAddress: "192.0.2.1" }],
    ["vsax", "user:vsax-login", "vsa-user", { sourceIpAddress: "192.0.2.1" }],
    [
      "k1",
      "user:k1-login",
      "tenant-user",
      { k1UserMappingStatus: "mapped", accessGroupsAssigned: [], k1AuthenticationStatus: "success" },
    ],
  ] as const)("a %s provider writes %s", async (kind, type, initiatorType, custom) => {
    const user = await installation.addUser("member");
    const { id } = await connect({ kind });
    provider.people["ben"] = { email: user.email, email_verified: true };
    provider.next.login = "ben";
    expect((await new TestBrowser().signIn(id)).status).toBe(302);
    const rows = await rowsOf(type, user.email);
    expect(rows.map(({ event }) => event)).toEqual([`user:${kind}-logging-in`, `user:${kind}-logged-in`]);
    expect(rows[1]).toMatchObject({ kind: initiatorType, custom: { username: user.email, ...custom } });
  });

  it("ends the session that the browser came with, under a new id", async () => {
    const [old, user] = [await installation.addUser("member"), await installation.addUser("member")];
    const { id } = await connect();
    const { cookie, sessionId } = await installation.login(old);
    provider.people["cat"] = { email: user.email, email_verified: true };
    provider.next.login = "cat";
    const browser = new TestBrowser();
    browser.own.set("daybook.session", cookie.replace("daybook.session=", ""));
    await browser.signIn(id);
    expect(await whoIs(browser)).toMatchObject({ userId: user.id });
    const ended = await pool().query("SELECT revoked_at FROM sessions WHERE id = $1", [sessionId]);
    expect(ended.rows[0].revoked_at).not.toBeNull();
  });

  it("keeps the account when the address at the provider changes, and takes no other with it", async () => {
    const [ann, boss] = [await installation.addUser("member"), await installation.addUser("superuser")];
    const { id } = await connect();
    provider.people["eve"] = { email: ann.email, email_verified: true };
    provider.next.login = "eve";
    await new TestBrowser().signIn(id);
    provider.people["eve"] = { email: boss.email, email_verified: true };
    const browser = new TestBrowser();
    await browser.signIn(id);
    expect(await whoIs(browser)).toMatchObject({ userId: ann.id });
    // Nor does somebody who is given the address of an account that is linked.
    provider.people["mallory"] = { email: ann.email, email_verified: true };
    provider.next.login = "mallory";
    expect(reasonOf(await new TestBrowser().signIn(id))).toBe("account");
  });
});

describe("who is refused", () => {
  it.each([
    ["unknown", { email: "nobody@example.org", email_verified: true }, "unknown person"],
    [
      "without a verified address",
      { email: "nobody@example.org", email_verified: false },
      "does not state as verified",
    ],
    ["without an address", {}, "names no address"],
  ])("%s", async (_, person, reason) => {
    const { id, name } = await connect();
    provider.people["zoe"] = person;
    provider.next.login = "zoe";
    const browser = new TestBrowser();
    expect(reasonOf(await browser.signIn(id))).toBe("account");
    expect(browser.session).toBeUndefined();
    const rows = await rowsOf("sso:login", "email" in person ? person.email : "zoe");
    expect(rows.at(-1)).toMatchObject({
      event: "sso:login-failed",
      kind: "anonymous",
      custom: {
        identityProvider: name,
        userMappingStatus: "unmapped",
        reason: expect.stringContaining(reason),
      },
    });
  });

  it("an account without a verified address, unless the provider's addresses are trusted", async () => {
    const user = await installation.addUser("member");
    const strict = await connect();
    provider.people["pat"] = { email: user.email };
    provider.next.login = "pat";
    expect(reasonOf(await new TestBrowser().signIn(strict.id))).toBe("account");
    const trusting = await connect({ trustsEmails: true });
    expect((await new TestBrowser().signIn(trusting.id)).status).toBe(302);
  });

  it.each(["disabled", "invited"])("an account that is %s", async (status) => {
    const user = await installation.addUser("member");
    await pool().query("UPDATE users SET status = $2 WHERE id = $1", [user.id, status]);
    const { id } = await connect();
    provider.people["dan"] = { email: user.email, email_verified: true };
    provider.next.login = "dan";
    expect(reasonOf(await new TestBrowser().signIn(id))).toBe("account");
  });

  it("an account of another organization, which it cannot make either", async () => {
    const user = await installation.addUser("superuser", {
      organizationId: installation.otherOrganizationId,
    });
    const { id } = await connect({ createsAccounts: true });
    provider.people["far"] = { email: user.email, email_verified: true };
    provider.next.login = "far";
    expect(reasonOf(await new TestBrowser().signIn(id))).toBe("account");
    const same = await pool().query("SELECT 1 FROM users WHERE email = $1", [user.email]);
    expect(same.rowCount).toBe(1);
  });

  it("everybody, where the provider finds accounts by links alone and none was linked", async () => {
    const user = await installation.addUser("member");
    const { id } = await connect({ findsBy: "subject" });
    provider.people["gus"] = { email: user.email, email_verified: true };
    provider.next.login = "gus";
    expect(reasonOf(await new TestBrowser().signIn(id))).toBe("account");
    await pool().query(
      "INSERT INTO identity_links (provider_id, user_id, subject, made) VALUES ($1, $2, 'gus', false)",
      [id, user.id],
    );
    expect((await new TestBrowser().signIn(id)).status).toBe(302);
  });
});

it("the client secret is shown never again, and stands nowhere in clear", async () => {
  const clientSecret = "a secret that is nowhere else";
  const item = await connect({ clientSecret });
  expect(JSON.stringify(item)).not.toContain(clientSecret);
  for (const table of ["identity_providers", "audit_events", "user_events", "open_workflows"]) {
    const found = await pool().query(`SELECT 1 FROM ${table} t WHERE strpos(t::text, $1) > 0`, [
      clientSecret,
    ]);
    expect(found.rowCount, table).toBe(0);
  }
});

it("an account that a provider makes sees what its groups see, unless the global scope is given", async () => {
  for (const givesGlobalScope of [false, true]) {
    const { id } = await connect({ createsAccounts: true, givesGlobalScope });
    const email = `scope-${id.slice(-6)}@example.org`;
    provider.people[id] = { email, email_verified: true };
    provider.next.login = id;
    expect((await new TestBrowser().signIn(id)).status).toBe(302);
    const made = await pool().query("SELECT global_scope FROM users WHERE email = $1", [email]);
    expect(made.rows).toEqual([{ global_scope: givesGlobalScope }]);
  }
});

it("somebody unknown gets an account where the provider may make one, with the role that was set", async () => {
  const { id, name } = await connect({
    createsAccounts: true,
    accountRole: "auditor",
    highestRole: "auditor",
  });
  const email = `new-${id.slice(-6)}@example.org`;
  provider.people["new"] = { email, email_verified: true, name: "Newcomer" };
  provider.next.login = "new";
  const browser = new TestBrowser();
  await browser.signIn(id);
  expect(await whoIs(browser)).toMatchObject({ email, role: "auditor" });
  const made = await rowsOf("user:creation", email);
  expect(made.at(-1)).toMatchObject({
    event: "user:created",
    initiator: name,
    kind: "external-system",
    custom: { createdBy: name, scopeAssignmentStatus: "role auditor, no scope yet" },
  });
  const [, done] = await rowsOf("sso:login", email);
  expect(done?.custom["userMappingStatus"]).toBe("created");
  // Nobody is known before the account is made; who signed in is its person.
  expect(done).toMatchObject({ initiator: email, kind: "tenant-user" });
});

it("access groups of K1 lead into the groups that they stand for, and out of them", async () => {
  const user = await installation.addUser("member");
  const groups = await pool().query<{ id: string; name: string }>(
    `INSERT INTO groups (id, organization_id, name)
     SELECT gen_random_uuid(), $1, name FROM unnest(ARRAY['Ops', 'Databases', 'By hand']) AS name RETURNING id, name`,
    [installation.organizationId],
  );
  const idOf = (name: string) => groups.rows.find((group) => group.name === name)?.id ?? "";
  await pool().query("INSERT INTO group_members (group_id, user_id) VALUES ($1, $3), ($2, $3)", [
    idOf("By hand"),
    idOf("Databases"),
    user.id,
  ]);
  const { id } = await connect({
    kind: "k1",
    groupsClaim: "groups",
    groups: [
      { value: "k1-ops", groupId: idOf("Ops") },
      { value: "k1-db", groupId: idOf("Databases") },
    ],
  });
  provider.people["kim"] = { email: user.email, email_verified: true, groups: ["k1-ops", "k1-other"] };
  provider.next.login = "kim";
  await new TestBrowser().signIn(id);
  const now = await pool().query<{ name: string }>(
    "SELECT g.name FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.name",
    [user.id],
  );
  expect(now.rows.map(({ name }) => name)).toEqual(["By hand", "Ops"]);
  const rows = await rowsOf("cooperbotk1accessgroups:sync", user.email);
  expect(rows.map(({ event, initiator, kind }) => [event, initiator, kind])).toEqual([
    ["cooperbotk1accessgroups:syncing", "K1", "external-system"],
    ["cooperbotk1accessgroups:synced", "K1", "external-system"],
  ]);
  expect(rows[1]?.custom).toMatchObject({ k1AccessGroupIds: ["k1-ops", "k1-other"], syncStatus: "synced" });
  const login = await rowsOf("user:k1-login", user.email);
  expect(login[1]?.custom["accessGroupsAssigned"]).toEqual(["Ops"]);
});

it("access groups of other providers are written as a user's groups, which are all that there are afterwards", async () => {
  const user = await installation.addUser("member");
  const made = await pool().query<{ id: string }>(
    `INSERT INTO groups (id, organization_id, name)
     SELECT gen_random_uuid(), $1, name FROM unnest(ARRAY['Sync A', 'Sync B']) AS name RETURNING id`,
    [installation.organizationId],
  );
  const [a = "", b = ""] = made.rows.map((group) => group.id);
  const groups = [
    { value: "a", groupId: a },
    { value: "b", groupId: b },
  ];
  const { id } = await connect({ kind: "oidc", groupsClaim: "groups", groups });
  provider.next.login = "syncing";
  for (const given of [["a"], ["a", "b"], []]) {
    provider.people["syncing"] = { email: user.email, email_verified: true, groups: given };
    await new TestBrowser().signIn(id);
  }
  const told = [
    ...(await rowsOf("userscope:assign", user.email)),
    ...(await rowsOf("userscope:update", user.email)),
  ];
  expect(told.map(({ event, custom }) => [event, (custom["groupIds"] as string[]).sort()])).toEqual([
    ["userscope:assigning", [a]],
    ["userscope:assigned", [a]],
    ["userscope:updating", [a, b].sort()],
    ["userscope:updated", [a, b].sort()],
    ["userscope:updating", []],
    ["userscope:updated", []],
  ]);
});

describe("attacks on the way", () => {
  it.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "http://localhost:3000.evil.example/",
    "javascript:alert(1)",
  ])("leads nowhere else: %s", async (address) => {
    const user = await installation.addUser("member");
    const { id } = await connect();
    provider.people["ida"] = { email: user.email, email_verified: true };
    provider.next.login = "ida";
    const response = await new TestBrowser().signIn(id, address);
    expect(response.headers.get("location")).toBe("http://localhost:3000");
  });

  it("a code is good once, also with the cookies of its first use", async () => {
    const user = await installation.addUser("member");
    const { id } = await connect();
    provider.people["joe"] = { email: user.email, email_verified: true };
    provider.next.login = "joe";
    const browser = new TestBrowser();
    const pressed = await browser.press(id);
    const { url } = (await pressed.json()) as { url: string };
    const back = await browser.visit(url);
    const cookies = new Map(browser.own);
    expect((await browser.ask(back)).status).toBe(302);
    const thief = new TestBrowser();
    expect(reasonOf(await thief.ask(back))).toBe("expired");
    for (const [name, value] of cookies) thief.own.set(name, value);
    expect(reasonOf(await thief.ask(back))).toBe("provider");
    expect(thief.session).toBeUndefined();
  });

  it("the answer of one provider is not taken for that of another", async () => {
    const user = await installation.addUser("member");
    const [one, two] = [await connect(), await connect()];
    provider.people["kai"] = { email: user.email, email_verified: true };
    provider.next.login = "kai";
    const browser = new TestBrowser();
    const pressed = await browser.press(one.id);
    const { url } = (await pressed.json()) as { url: string };
    const back = await browser.visit(url);
    const response = await browser.ask(back.replace(one.id, two.id));
    expect(reasonOf(response)).toBe("provider");
    expect(browser.session).toBeUndefined();
  });

  it("a person who says no at the provider is back, and nobody is signed in", async () => {
    const { id } = await connect();
    const browser = new TestBrowser();
    const pressed = await browser.press(id);
    const { url } = (await pressed.json()) as { url: string };
    const state = new URL(url).searchParams.get("state") ?? "";
    const query = new URLSearchParams({ error: "access_denied", error_description: "<b>no</b>", state });
    expect(reasonOf(await browser.ask(`/api/auth/callback/${id}?${query}`))).toBe("provider");
  });

  it("another site's page cannot begin a sign-in, nor can a form without its token", async () => {
    const { id } = await connect();
    const browser = new TestBrowser();
    const body = new URLSearchParams({ csrfToken: "guessed", json: "true" });
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(
      (await browser.ask(`/api/auth/signin/${id}`, { method: "POST", body, headers: foreign })).status,
    ).toBe(403);
    expect((await browser.ask(`/api/auth/signin/${id}`, { method: "POST", body })).status).toBe(403);
  });

  it("a provider that is off, deleted or none answers nobody", async () => {
    const owner = await testSuperuser(installation);
    const { id } = await connect();
    expect((await new TestBrowser().press(id)).status).toBe(200);
    const { id: _, createdAt: __, accounts: ___, scim: ____, ...state } = await connect({ enabled: false });
    expect((await new TestBrowser().press(_)).status).toBe(404);
    await changeProvider(owner, _, { ...state, enabled: true, reason: "back" });
    expect((await new TestBrowser().press(_)).status).toBe(200);
    await deleteProvider(owner, _, "gone");
    expect((await new TestBrowser().press(_)).status).toBe(404);
    expect((await new TestBrowser().press(crypto.randomUUID())).status).toBe(404);
    expect((await new TestBrowser().ask(`/api/auth/callback/${_}?code=a&state=b`)).status).toBe(404);
  });
});
