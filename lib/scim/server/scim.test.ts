import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "@/lib/auth/server/api-tokens.ts";
import { authenticate, principalOfCookie } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import type { ProviderItem } from "@/lib/sso/provider.ts";
import { type ProviderWish, providerWish } from "@/lib/sso/provider-wish.ts";
import { createProvider } from "@/lib/sso/server/providers.ts";
import { createScimToken, revokeScimToken } from "@/lib/sso/server/scim-token.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { serveScim } from "./serve.ts";

const origin = "http://localhost:3000";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const user = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const group = "urn:ietf:params:scim:schemas:core:2.0:Group";

let installation: TestInstallation;
let other: Client;
let entra: Client;
let k1: Client;
beforeAll(async () => {
  installation = await testInstallation();
  entra = await client({ name: "Entra", highestRole: "auditor" });
  k1 = await client({ name: "Kaseya", kind: "k1" });
  other = await client({ name: "Elsewhere" }, installation.otherOrganizationId);
});
afterAll(async () => {
  await flushAnonymousFailures();
  await installation.remove();
});

type Told = { status: number; type: string | null; body: Body };
type Body = { [name: string]: unknown } & {
  id: string;
  Resources: Body[];
  detail: string;
  scimType?: string;
  totalResults: number;
  members: { value: string }[];
};
type Client = {
  provider: ProviderItem;
  token: string;
  ask: (method: string, path: string, body?: unknown, token?: string) => Promise<Told>;
};

async function superuser(organizationId = installation.organizationId) {
  const account = await installation.addUser("superuser", { organizationId });
  const { cookie } = await installation.login(account);
  const principal = await principalOfCookie(new Headers({ cookie }));
  if (!principal) throw new Error("The superuser is not signed in");
  return principal;
}

async function client(wish: Partial<ProviderWish>, organizationId?: string): Promise<Client> {
  const principal = await superuser(organizationId);
  const given = {
    kind: "oidc",
    issuer: "https://login.example.org",
    clientId: "a",
    clientSecret: "b",
    ...wish,
  };
  const provider = await createProvider(principal, providerWish.parse(given));
  const { token } = await createScimToken(principal, provider.id);
  const ask: Client["ask"] = async (method, path, body, given = token) => {
    const [route = ""] = path.split("?", 1);
    const request = new Request(`${origin}/scim/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${given}`,
        "x-daybook-address": "192.0.2.9",
        ...(body !== undefined && { "content-type": "application/scim+json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const response = await serveScim(request, route.split("/").filter(Boolean));
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      body: (text === "" ? {} : JSON.parse(text)) as Body,
    };
  };
  return { provider, token, ask };
}

async function rowsOf(target: string) {
  const found = await pool().query<{
    event: string;
    initiator: string;
    kind: string;
    custom: { [key: string]: unknown };
    target: string;
    original: unknown;
    updated: unknown;
  }>(
    `SELECT event_type AS event, initiator, initiator_type AS kind, target_type AS target, custom_values AS custom,
       original_state AS original, updated_state AS updated FROM audit_events WHERE target = $1 ORDER BY seq`,
    [target],
  );
  return found.rows;
}

/** As Entra ID sends it. */
function entraUser(name: string) {
  return {
    schemas: [user, enterprise],
    externalId: `entra-${name}`,
    userName: `${name}@Example.org`,
    active: true,
    displayName: `${name} of Entra`,
    emails: [{ primary: true, type: "work", value: `${name}@example.org` }],
    meta: { resourceType: "User" },
    name: { formatted: `${name} of Entra`, familyName: "of Entra", givenName: name },
    [enterprise]: { department: "Sales" },
    roles: [],
  };
}

const patchOf = (...Operations: object[]) => ({ schemas: [patchOp], Operations });

async function makeUser(by: Client, name: string, more: object = {}): Promise<Body> {
  const { status, body } = await by.ask("POST", "/Users", { ...entraUser(name), ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

describe("what the service says of itself", () => {
  it("tells what it can, its resources and their schemas", async () => {
    const config = await entra.ask("GET", "/ServiceProviderConfig");
    expect(config).toMatchObject({
      status: 200,
      type: "application/scim+json",
      body: {
        patch: { supported: true },
        bulk: { supported: false },
        filter: { supported: true, maxResults: 200 },
      },
    });
    const types = await entra.ask("GET", "/ResourceTypes");
    expect(types.body.Resources.map(({ id }) => id).sort()).toEqual(["Group", "User"]);
    expect((await entra.ask("GET", "/ResourceTypes/User")).status).toBe(200);
    const schemas = await entra.ask("GET", "/Schemas");
    expect(schemas.body.Resources.map(({ id }) => id)).toContain(user);
    expect((await entra.ask("GET", `/Schemas/${group}`)).status).toBe(200);
  });

  it.each([
    ["GET", "/Nothing", 404],
    ["GET", "/", 404],
    ["GET", "/Users/1/2", 404],
    ["GET", "/Users/none", 404],
    ["GET", "/Users/0193a4c2-8f3a-7c10-8a51-5be0a0d3c902", 404],
    ["DELETE", "/Users/0193a4c2-8f3a-7c10-8a51-5be0a0d3c902", 404],
    ["GET", "/Groups/x%22%20or%20id%20pr", 404],
    ["POST", "/Users/1", 501],
    ["DELETE", "/Users", 501],
    ["GET", "/Users?count=many", 400],
    ["GET", "/Users?filter=userName+like+%22a%22", 400],
    ["GET", "/Users?filter=", 400],
  ])("%s %s: a SCIM error %i", async (method, path, status) => {
    const told = await entra.ask(method, path, method === "POST" ? {} : undefined);
    expect(told.status, told.body.detail).toBe(status);
    expect(told.body).toMatchObject({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
      status: String(status),
      detail: expect.any(String),
    });
  });
});

describe("whose token it is", () => {
  it("no token, a wrong one, one of the API and a revoked one open nothing", async () => {
    const principal = await superuser();
    const api = await createToken(principal, { name: "t", scopes: ["logs:read"], expiresInDays: 1 });
    const gone = await client({ name: "Gone" });
    await revokeScimToken(principal, gone.provider.id, "over");
    for (const token of ["", "x", `dbi_${"a".repeat(38)}`, api.token, gone.token]) {
      const told = await entra.ask("GET", "/Users", undefined, token);
      expect(told.status).toBe(401);
      expect(told.body).toMatchObject({ status: "401" });
    }
  });

  it("reaches nothing of another provider, in the own organization or in another", async () => {
    const mine = await makeUser(entra, "mine");
    const theirs = await makeUser(entra, "theirs");
    const { body: team } = await entra.ask("POST", "/Groups", {
      schemas: [group],
      displayName: "Entra team",
    });
    for (const stranger of [k1, other]) {
      for (const path of [`/Users/${mine.id}`, `/Groups/${team.id}`]) {
        expect((await stranger.ask("GET", path)).status).toBe(404);
        const whole = path.startsWith("/Users") ? entraUser("mine") : { schemas: [group], displayName: "x" };
        expect((await stranger.ask("PUT", path, whole)).status).toBe(404);
        const change = patchOf({ op: "replace", path: "displayName", value: "x" });
        expect((await stranger.ask("PATCH", path, change)).status).toBe(404);
        expect((await stranger.ask("DELETE", path)).status).toBe(404);
      }
      const found = await stranger.ask("GET", '/Users?filter=userName%20eq%20"mine@example.org"');
      expect(found.body.totalResults).toBe(0);
      const into = {
        schemas: [group],
        displayName: `Of ${stranger.provider.name}`,
        members: [{ value: theirs.id }],
      };
      expect((await stranger.ask("POST", "/Groups", into)).body).toMatchObject({
        status: "400",
        scimType: "invalidValue",
      });
    }
    const taken = await other.ask("POST", "/Users", entraUser("mine"));
    expect(taken.body).toMatchObject({ status: "409", scimType: "uniqueness" });
  });
});

describe("accounts", () => {
  it("are made, found, changed, disabled and deleted as Entra ID does it", async () => {
    const before = await entra.ask("GET", '/Users?filter=userName%20eq%20"Ann@Example.org"');
    expect(before).toMatchObject({ status: 200, body: { totalResults: 0, Resources: [] } });
    const made = await makeUser(entra, "Ann");
    expect(made).toMatchObject({
      userName: "ann@example.org",
      externalId: "entra-Ann",
      active: true,
      displayName: "Ann of Entra",
      roles: [{ value: "member" }],
      meta: { resourceType: "User", location: `${origin}/scim/v2/Users/${made.id}` },
    });
    expect(JSON.stringify(made)).not.toContain("Sales");
    for (const filter of [
      'userName eq "ANN@example.org"',
      'externalId eq "entra-Ann"',
      `id eq "${made.id}"`,
    ]) {
      const found = await entra.ask("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      expect(
        found.body.Resources.map(({ id }) => id),
        filter,
      ).toEqual([made.id]);
    }
    const sessions = await signedIn(made.id);
    const changed = await entra.ask(
      "PATCH",
      `/Users/${made.id}`,
      patchOf(
        { op: "Replace", path: "displayName", value: "Ann Zed" },
        { op: "Add", path: `${enterprise}:department`, value: "Ops" },
        { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "123" },
        { op: "Replace", path: 'emails[type eq "work"].value', value: "ann@example.org" },
        { op: "Add", path: 'roles[primary eq "True"].value', value: "auditor" },
      ),
    );
    expect(changed, changed.body.detail).toMatchObject({
      status: 200,
      body: { displayName: "Ann Zed", roles: [{ value: "auditor" }] },
    });
    const off = await entra.ask(
      "PATCH",
      `/Users/${made.id}`,
      patchOf({ op: "Replace", path: "active", value: "False" }),
    );
    expect(off.body["active"]).toBe(false);
    await expect(authenticate(sessions.withCookie)).rejects.toMatchObject({ status: 401 });
    await expect(authenticate(sessions.withToken)).rejects.toMatchObject({ status: 401 });
    const on = await entra.ask(
      "PATCH",
      `/Users/${made.id}`,
      patchOf({ op: "Add", path: "active", value: "True" }),
    );
    expect(on.body["active"]).toBe(true);
    expect((await entra.ask("DELETE", `/Users/${made.id}`)).status).toBe(204);
    expect((await entra.ask("GET", `/Users/${made.id}`)).status).toBe(404);
    const rows = await rowsOf("ann@example.org");
    expect(rows.map(({ event }) => event)).toEqual([
      "user:creation-attempting",
      "user:creating",
      "user:created",
      "user:updating",
      "user:updated",
      "user:updating",
      "user:updated",
      "user:updating",
      "user:updated",
      "user:deletion-attempting",
      "user:deleting",
      "user:deleted",
    ]);
    for (const row of rows) expect(row).toMatchObject({ initiator: "Entra", kind: "external-system" });
    expect(rows[4]).toMatchObject({
      original: { name: "Ann of Entra", role: "member" },
      updated: { name: "Ann Zed", role: "auditor" },
    });
  });

  it("of K1 are deactivated and deleted under K1's names", async () => {
    const made = await makeUser(k1, "kim");
    await k1.ask("PATCH", `/Users/${made.id}`, patchOf({ op: "replace", value: { active: false } }));
    await k1.ask("DELETE", `/Users/${made.id}`);
    const rows = await rowsOf("kim@example.org");
    expect(rows.slice(3).map(({ event, target }) => [event, target])).toEqual([
      ["cooperbotk1user:deactivating", "cooperbotK1User"],
      ["cooperbotk1user:deactivated", "cooperbotK1User"],
      ["cooperbotk1user:deleting", "cooperbotK1User"],
      ["cooperbotk1user:deleted", "cooperbotK1User"],
    ]);
    for (const row of rows) expect(row).toMatchObject({ initiator: "K1", kind: "external-system" });
    expect(rows[4]?.custom).toMatchObject({ username: "kim@example.org", deactivationStatus: "deactivated" });
  });

  it("are replaced by PUT as Okta does it, and sent again change nothing", async () => {
    const made = await makeUser(entra, "oki");
    const sent = {
      schemas: [user],
      id: made.id,
      userName: "oki@example.org",
      name: { givenName: "Oki", familyName: "Okta" },
      emails: [{ primary: true, value: "oki@example.org", type: "work" }],
      phoneNumbers: [{ value: "1", type: "work" }],
      active: true,
      locale: "en-US",
      groups: [],
    };
    const put = await entra.ask("PUT", `/Users/${made.id}`, sent);
    expect(put, put.body.detail).toMatchObject({ status: 200, body: { displayName: "Oki Okta" } });
    const rows = await rowsOf("oki@example.org");
    expect((await entra.ask("PUT", `/Users/${made.id}`, sent)).status).toBe(200);
    expect((await rowsOf("oki@example.org")).length).toBe(rows.length);
    const moved = await entra.ask("PUT", `/Users/${made.id}`, { ...sent, userName: "new@example.org" });
    expect(moved.body).toMatchObject({ status: "400", scimType: "mutability" });
  });

  it("come in pages, sorted when asked, with the attributes that were asked for", async () => {
    const lister = await client({ name: "Lister" });
    for (const name of ["page1", "page2", "page3"]) await makeUser(lister, name);
    const page = await lister.ask("GET", "/Users?startIndex=2&count=1");
    expect(page.body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 });
    expect(page.body.Resources.map((one) => one["userName"])).toEqual(["page2@example.org"]);
    expect((await lister.ask("GET", "/Users?count=0")).body).toMatchObject({
      totalResults: 3,
      Resources: [],
    });
    const sorted = await lister.ask("GET", "/Users?sortBy=userName&sortOrder=descending&attributes=userName");
    expect(sorted.body.Resources.map((one) => one["userName"])).toEqual([
      "page3@example.org",
      "page2@example.org",
      "page1@example.org",
    ]);
    expect(sorted.body.Resources[0]).not.toHaveProperty("displayName");
  });

  it.each([
    ["not JSON", "{", 400, "invalidSyntax"],
    ["a list", [], 400, "invalidSyntax"],
    ["no userName", { schemas: [user] }, 400, "invalidValue"],
    ["a userName that is no address", { schemas: [user], userName: "ann" }, 400, "invalidValue"],
    [
      "NUL in the name",
      { schemas: [user], userName: "nul@example.org", displayName: "a\0b" },
      400,
      "invalidValue",
    ],
    [
      "a role that is none",
      { schemas: [user], userName: "r@example.org", roles: [{ value: "king" }] },
      400,
      "invalidValue",
    ],
    [
      "a role above",
      { schemas: [user], userName: "r@example.org", roles: [{ value: "superuser" }] },
      400,
      "mutability",
    ],
    [
      "an admin's role",
      { schemas: [user], userName: "r@example.org", roles: [{ value: "admin" }] },
      400,
      "mutability",
    ],
  ])("of %s are refused, and nothing is written", async (_, body, status, scimType) => {
    const told = await entra.ask("POST", "/Users", body);
    expect(told.status, told.body.detail).toBe(status);
    expect(told.body.scimType).toBe(scimType);
    const made = await pool().query(
      "SELECT 1 FROM users WHERE email IN ('nul@example.org', 'r@example.org', 'ann')",
    );
    expect(made.rowCount).toBe(0);
  });

  it.each([
    ["no operation", patchOf(), 200],
    ["no message", {}, 400],
    ["an unknown operation", patchOf({ op: "move", path: "active", value: true }), 400],
    ["an unknown path", patchOf({ op: "replace", path: "shoeSize", value: 42 }), 400],
    ["a wrong value", patchOf({ op: "replace", path: "active", value: "maybe" }), 400],
    ["a role above", patchOf({ op: "replace", path: "roles", value: [{ value: "superuser" }] }), 400],
    ["a name that is gone", patchOf({ op: "remove", path: "userName" }), 400],
  ])("patched with %s", async (what, body, status) => {
    const made = await makeUser(entra, `patch-${what.replaceAll(" ", "-")}`);
    const told = await entra.ask("PATCH", `/Users/${made.id}`, body);
    expect(told.status, JSON.stringify(told.body)).toBe(status);
    const after = await entra.ask("GET", `/Users/${made.id}`);
    expect(after.body).toEqual(made);
  });

  it("that are there are taken over by their address, unless they are above what the provider may give", async () => {
    const member = await installation.addUser("member");
    const boss = await installation.addUser("admin");
    const taken = await entra.ask("POST", "/Users", { ...entraUser("x"), userName: member.email });
    expect(taken.body).toMatchObject({ id: member.id, userName: member.email });
    const again = await entra.ask("POST", "/Users", { ...entraUser("x"), userName: member.email });
    expect(again.body).toMatchObject({ status: "409", scimType: "uniqueness" });
    const above = await entra.ask("POST", "/Users", { ...entraUser("x"), userName: boss.email });
    expect(above.body).toMatchObject({ status: "409", scimType: "uniqueness" });
    const careful = await client({ name: "Careful", findsBy: "subject" });
    const second = await installation.addUser("member");
    const no = await careful.ask("POST", "/Users", { ...entraUser("x"), userName: second.email });
    expect(no.body).toMatchObject({ status: "409", scimType: "uniqueness" });
  });

  it("of the last superuser stay as they are", async () => {
    const { otherOrganizationId } = installation;
    const last = await installation.addUser("superuser", { organizationId: otherOrganizationId });
    await pool().query("UPDATE users SET status = 'disabled' WHERE organization_id = $1 AND id <> $2", [
      otherOrganizationId,
      last.id,
    ]);
    await pool().query("INSERT INTO identity_links (provider_id, user_id, made) VALUES ($1, $2, false)", [
      other.provider.id,
      last.id,
    ]);
    const off = await other.ask(
      "PATCH",
      `/Users/${last.id}`,
      patchOf({ op: "replace", path: "active", value: false }),
    );
    expect(off).toMatchObject({ status: 409, body: { detail: expect.stringContaining("last superuser") } });
    expect((await other.ask("DELETE", `/Users/${last.id}`)).status).toBe(409);
    const kept = await pool().query("SELECT status FROM users WHERE id = $1", [last.id]);
    expect(kept.rows).toEqual([{ status: "active" }]);
    expect((await rowsOf(last.email)).map(({ event }) => event)).toEqual([
      "user:updating",
      "user:update-failed",
      "user:deletion-attempting",
      "user:deletion-failed",
    ]);
  });
});

/** A session and a token of somebody. */
async function signedIn(userId: string) {
  const found = await pool().query("SELECT email, role, organization_id FROM users WHERE id = $1", [userId]);
  const { email, role, organization_id: organizationId } = found.rows[0];
  const { cookie } = await installation.login({ id: userId, email, role, organizationId, password: "" });
  const principal = await principalOfCookie(new Headers({ cookie }));
  if (!principal) throw new Error("Nobody is signed in");
  const { token } = await createToken(principal, { name: "t", scopes: ["logs:read-own"], expiresInDays: 1 });
  const me = `${origin}/api/v1/me`;
  return {
    withCookie: new Request(me, { headers: { cookie } }),
    withToken: new Request(me, { headers: { authorization: `Bearer ${token}` } }),
  };
}

describe("groups", () => {
  it("are made with members, changed member by member, renamed and deleted", async () => {
    const [ann, ben] = [await makeUser(entra, "g-ann"), await makeUser(entra, "g-ben")];
    const made = await entra.ask("POST", "/Groups", {
      schemas: [group],
      externalId: "g1",
      displayName: "Auditors",
      members: [{ value: ann.id }],
    });
    expect(made, made.body.detail).toMatchObject({
      status: 201,
      body: { displayName: "Auditors", externalId: "g1" },
    });
    const path = `/Groups/${made.body.id}`;
    const added = await entra.ask(
      "PATCH",
      path,
      patchOf({ op: "Add", path: "members", value: [{ value: ben.id }] }),
    );
    expect(added.body.members.map(({ value }) => value).sort()).toEqual([ann.id, ben.id].sort());
    const removed = await entra.ask(
      "PATCH",
      path,
      patchOf({ op: "Remove", path: `members[value eq "${ann.id}"]` }),
    );
    expect(removed.body.members.map(({ value }) => value)).toEqual([ben.id]);
    const listed = await entra.ask(
      "GET",
      '/Groups?excludedAttributes=members&filter=displayName%20eq%20"Auditors"',
    );
    expect(listed.body.Resources).toHaveLength(1);
    expect(listed.body.Resources[0]).not.toHaveProperty("members");
    const renamed = await entra.ask(
      "PATCH",
      path,
      patchOf({ op: "Replace", path: "displayName", value: "Reviewers" }),
    );
    expect(renamed.body["displayName"]).toBe("Reviewers");
    const person = await entra.ask("GET", `/Users/${ben.id}`);
    expect(person.body["groups"]).toMatchObject([{ value: made.body.id, display: "Reviewers" }]);
    expect((await entra.ask("DELETE", path)).status).toBe(204);
    const assigned = (await rowsOf("g-ben@example.org")).filter(({ event }) =>
      event.startsWith("userscope:"),
    );
    expect(assigned.map(({ event, target }) => [event, target])).toEqual([
      ["userscope:assigning", "userScope"],
      ["userscope:assigned", "userScope"],
    ]);
    expect(assigned[1]).toMatchObject({
      original: { groups: [] },
      updated: { groups: [{ name: "Auditors" }] },
      custom: { userId: ben.id, groupIds: [made.body.id] },
    });
    const left = (await rowsOf("g-ann@example.org")).filter(({ event }) => event.startsWith("userscope:"));
    expect(left.map(({ event }) => event)).toEqual([
      "userscope:assigning",
      "userscope:assigned",
      "userscope:updating",
      "userscope:updated",
    ]);
    expect(left.at(-1)).toMatchObject({
      original: { groups: [{ name: "Auditors" }] },
      updated: { groups: [] },
      custom: { userId: ann.id, groupIds: [] },
    });
    const created = (await rowsOf("Auditors")).find(({ event }) => event === "scope:created");
    expect((await rowsOf("Reviewers")).at(-1)?.original).toEqual({
      ...Object(created?.updated),
      name: "Reviewers",
      members: ["g-ben@example.org"],
    });
    const life = [...(await rowsOf("Auditors")), ...(await rowsOf("Reviewers"))].map(({ event }) => event);
    expect(life).toEqual([
      "scope:creating",
      "scope:created",
      "scope:updating",
      "scope:updated",
      "scope:deleting",
      "scope:deleted",
    ]);
  });

  it("keep every member when a provider adds several at once", async () => {
    const made = await entra.ask("POST", "/Groups", { schemas: [group], displayName: "Crowd" });
    const people: Body[] = [];
    for (const name of ["c1", "c2", "c3", "c4"]) people.push(await makeUser(entra, name));
    const path = `/Groups/${made.body.id}`;
    const told = await Promise.all(
      people.map(({ id }) =>
        entra.ask("PATCH", path, patchOf({ op: "Add", path: "members", value: [{ value: id }] })),
      ),
    );
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await entra.ask("GET", path)).body.members).toHaveLength(4);
  });

  it.each([
    ["by its path", "PATCH", (id: string) => patchOf({ op: "Remove", path: `members[value eq "${id}"]` })],
    ["with all", "PATCH", () => patchOf({ op: "remove", path: "members" })],
    ["by an empty list", "PATCH", () => patchOf({ op: "replace", path: "members", value: [] })],
    ["by an empty group", "PUT", () => ({ schemas: [group], displayName: "Last one", members: [] })],
  ])("lose their last member too: %s", async (how, method, bodyOf) => {
    const person = await makeUser(entra, `last-${how.replaceAll(" ", "-")}`);
    const members = [{ value: person.id }];
    const made = await entra.ask("POST", "/Groups", { schemas: [group], displayName: "Last one", members });
    const path = `/Groups/${made.body.id}`;
    const answer = await entra.ask(method, path, bodyOf(person.id));
    const left = await pool().query("SELECT FROM group_members WHERE group_id = $1", [made.body.id]);
    await entra.ask("DELETE", path);
    expect([answer.status, left.rowCount], JSON.stringify(answer.body)).toEqual([200, 0]);
  });

  it("keep their members when something else is changed, whatever the answer shows of them", async () => {
    const person = await makeUser(entra, "stays");
    const members = [{ value: person.id }];
    const made = await entra.ask("POST", "/Groups", { schemas: [group], displayName: "Stays", members });
    for (const shown of ["", "?excludedAttributes=members", "?attributes=displayName"]) {
      const rename = patchOf({ op: "replace", path: "displayName", value: `Stays ${shown.length}` });
      expect((await entra.ask("PATCH", `/Groups/${made.body.id}${shown}`, rename)).status).toBe(200);
    }
    expect((await entra.ask("GET", `/Groups/${made.body.id}`)).body.members).toHaveLength(1);
  });

  it("of K1 are assigned under K1's names", async () => {
    const kay = await makeUser(k1, "kay");
    const made = await k1.ask("POST", "/Groups", {
      schemas: [group],
      externalId: "k1-7",
      displayName: "K1 people",
      members: [{ value: kay.id }],
    });
    const rows = (await rowsOf("kay@example.org")).filter(({ event }) => event.startsWith("k1scope:"));
    expect(rows.map(({ event, target }) => [event, target])).toEqual([
      ["k1scope:assigning", "k1Scope"],
      ["k1scope:assigned", "k1Scope"],
    ]);
    expect(rows[1]).toMatchObject({
      initiator: "K1",
      custom: { k1GroupIds: ["k1-7"], assignmentStatus: "assigned" },
    });
    const gone = await k1.ask(
      "PATCH",
      `/Groups/${made.body.id}`,
      patchOf({ op: "Remove", path: `members[value eq "${kay.id}"]` }),
    );
    expect(gone, JSON.stringify(gone.body)).toMatchObject({ status: 200 });
    const [, left] = (await rowsOf("kay@example.org")).filter(({ event }) => event.startsWith("userscope:"));
    expect(left).toMatchObject({
      event: "userscope:updated",
      initiator: "K1",
      kind: "external-system",
      original: { groups: [{ name: "K1 people" }] },
      updated: { groups: [] },
      custom: { userId: kay.id, groupIds: [] },
    });
  });

  it("that people made are not taken, but where an access group stands for one by the settings", async () => {
    const { organizationId } = installation;
    const ids = await pool().query<{ id: string; name: string }>(
      `INSERT INTO groups (id, organization_id, name)
       SELECT gen_random_uuid(), $1, name FROM unnest(ARRAY['Production', 'Mapped']) AS name RETURNING id, name`,
      [organizationId],
    );
    const mapped = ids.rows.find(({ name }) => name === "Mapped")?.id ?? "";
    const mapper = await client({ name: "Mapper", groups: [{ value: "idp-mapped", groupId: mapped }] });
    const production = await mapper.ask("POST", "/Groups", { schemas: [group], displayName: "Production" });
    expect(production.body).toMatchObject({ status: "409", scimType: "uniqueness" });
    const local = await installation.addUser("member");
    await pool().query("INSERT INTO group_members (group_id, user_id) VALUES ($1, $2)", [mapped, local.id]);
    const person = await makeUser(mapper, "mapped-one");
    const taken = await mapper.ask("POST", "/Groups", {
      schemas: [group],
      displayName: "idp-mapped",
      members: [{ value: person.id }],
    });
    expect(taken.body).toMatchObject({
      id: mapped,
      displayName: "idp-mapped",
      members: [{ value: person.id }],
    });
    const renamed = await mapper.ask(
      "PATCH",
      `/Groups/${mapped}`,
      patchOf({ op: "replace", path: "displayName", value: "Mine" }),
    );
    expect(renamed.body).toMatchObject({ status: "400", scimType: "mutability" });
    expect((await mapper.ask("DELETE", `/Groups/${mapped}`)).status).toBe(204);
    const left = await pool().query("SELECT user_id FROM group_members WHERE group_id = $1", [mapped]);
    expect(left.rows).toEqual([{ user_id: local.id }]);
  });
});

it("every request is on record, under the provider", async () => {
  await entra.ask("GET", "/Users?count=1");
  const found = await pool().query(
    `SELECT user_name, actor_type, action, status, client_address FROM user_events
     WHERE organization_id = $1 AND action LIKE 'scim.%' ORDER BY seq DESC LIMIT 1`,
    [installation.organizationId],
  );
  expect(found.rows).toEqual([
    {
      user_name: "Entra",
      actor_type: "system",
      action: "scim.users.get",
      status: 200,
      client_address: "192.0.2.9",
    },
  ]);
});
