import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { principalOfCookie } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { providerWish } from "@/lib/sso/provider-wish.ts";
import { createProvider } from "@/lib/sso/server/providers.ts";
import { createScimToken } from "@/lib/sso/server/scim-token.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { serveScim } from "./serve.ts";

const user = "urn:ietf:params:scim:schemas:core:2.0:User";
const group = "urn:ietf:params:scim:schemas:core:2.0:Group";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let installation: TestInstallation;
let token: string;
let providerId: string;
beforeAll(async () => {
  installation = await testInstallation();
  const { cookie } = await installation.login(await installation.addUser("superuser"));
  const principal = await principalOfCookie(new Headers({ cookie }));
  if (!principal) throw new Error("Nobody is signed in");
  const wish = {
    name: "P",
    kind: "oidc",
    issuer: "https://login.example.org",
    clientId: "a",
    clientSecret: "b",
  };
  ({ id: providerId } = await createProvider(principal, providerWish.parse(wish)));
  ({ token } = await createScimToken(principal, providerId));
});
afterAll(async () => {
  await flushAnonymousFailures();
  await installation.remove();
});

type Told = { status: number; body: { id: string; detail?: string } };

async function ask(method: string, path: string[], body?: string, query = ""): Promise<Told> {
  const request = new Request(
    `http://localhost:3000/scim/v2/${path.map(encodeURIComponent).join("/")}${query}`,
    {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      ...(body !== undefined && { body }),
    },
  );
  const response = await serveScim(request, path);
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

let made = 0;
async function aUser(): Promise<string> {
  made += 1;
  const { status, body } = await ask(
    "POST",
    ["Users"],
    JSON.stringify({ schemas: [user], userName: `u${made}@example.org` }),
  );
  expect(status, body.detail).toBe(201);
  return body.id;
}

describe("what makes no sense is a fault of the request, never Daybook's", () => {
  const deep = 200_000;
  it.each([
    ["a list without end", `${"[".repeat(deep)}${"]".repeat(deep)}`],
    [
      "objects without end",
      `{"schemas":["${user}"],"userName":"x@example.org","name":${'{"name":'.repeat(50_000)}1${"}".repeat(50_000)}}`,
    ],
    [
      "a wrong shape of everything",
      JSON.stringify({ schemas: 1, userName: { a: 1 }, name: [], roles: "x", emails: 3 }),
    ],
    [
      "prototypes",
      '{"__proto__":{"active":true},"constructor":{"prototype":1},"schemas":["x"],"userName":"x"}',
    ],
    [
      "emails of nothing",
      JSON.stringify({ schemas: [user], userName: "y@example.org", emails: [null, 1, {}] }),
    ],
    [
      "roles of nothing",
      JSON.stringify({ schemas: [user], userName: "y@example.org", roles: [null, 1, {}] }),
    ],
    [
      "half a surrogate pair",
      '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"z@example.org","externalId":"\\ud800"}',
    ],
  ])("a body: %s", async (_, body) => {
    const { status, body: told } = await ask("POST", ["Users"], body);
    expect(status, JSON.stringify(told)).toBeGreaterThanOrEqual(400);
    expect(status, JSON.stringify(told)).toBeLessThan(500);
  });

  it.each([
    "userName eq",
    "userName eq 'x'",
    'userName eq "x',
    "((((",
    "(".repeat(20_000),
    `${"not (".repeat(500)}userName pr${")".repeat(500)}`,
    `${"userName pr and ".repeat(20_000)}userName pr`,
    'meta.created gt "x"',
    'emails[type eq "work"]',
    "active gt 1",
    'nothing.at.all eq "x"',
    "__proto__ pr",
    'constructor.prototype eq "x"',
    "userName co null",
    'groups.value eq "\\u0000"',
    "\0",
  ])("a filter: %.40s", async (filter) => {
    await aUser();
    const { status, body } = await ask("GET", ["Users"], undefined, `?${new URLSearchParams({ filter })}`);
    expect(status, JSON.stringify(body).slice(0, 300)).toBeLessThan(500);
  });

  it.each([
    { op: "add", path: "id", value: "x" },
    { op: "replace", path: "meta", value: { created: 1 } },
    { op: "replace", path: "meta.created", value: "x" },
    { op: "remove", path: "schemas" },
    { op: "add", value: null },
    { op: "add", value: 1 },
    { op: "replace", path: "__proto__.x", value: 1 },
    { op: "replace", path: "constructor", value: 1 },
    { op: "replace", path: "emails[", value: 1 },
    { op: "replace", path: 'emails[type eq "work"].value', value: 1 },
    { op: "replace", path: "emails[type eq", value: 1 },
    { op: "add", path: "groups", value: [{ value: "x" }] },
    { op: "add", path: "roles", value: [null] },
    { op: "replace", path: "name", value: null },
    { op: "replace", path: "displayName", value: { a: 1 } },
    { op: "replace", path: "active", value: [] },
    { op: "replace", path: 7, value: 1 },
    { op: 7 },
    null,
    7,
  ])("a patch: %j", async (operation) => {
    const id = await aUser();
    const before = await ask("GET", ["Users", id]);
    const { status, body } = await ask(
      "PATCH",
      ["Users", id],
      JSON.stringify({ schemas: [patchOp], Operations: [operation] }),
    );
    expect(status, JSON.stringify(body)).toBeLessThan(500);
    const after = await ask("GET", ["Users", id]);
    if (status >= 400) expect(after).toEqual(before);
  });

  it.each([
    { displayName: "G", members: [null] },
    { displayName: "G", members: [{ value: 1 }] },
    { displayName: "G", members: [{ value: "\0" }] },
    { displayName: ["G"] },
    { displayName: "\ud800" },
    { displayName: "G", externalId: "a\0b" },
    { displayName: "G", externalId: "\ud800" },
  ])("a group: %j", async (given) => {
    const { status, body } = await ask("POST", ["Groups"], JSON.stringify({ schemas: [group], ...given }));
    expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400);
    expect(status, JSON.stringify(body)).toBeLessThan(500);
  });

  it.each([
    [["\0"]],
    [["Users", "\0"]],
    [["Schemas", "\0"]],
    [["Users", "a", "b"]],
    [["__proto__"]],
    [["constructor", "x"]],
    [["Bulk"]],
    [["Me"]],
    [["Users", ".search"]],
  ])("a path: %j", async (path) => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      const { status, body } = await ask(
        method,
        path,
        method === "GET" || method === "DELETE" ? undefined : "{}",
      );
      expect(status, `${method} ${JSON.stringify(body)}`).toBeLessThan(502);
      expect(status, `${method} ${JSON.stringify(body)}`).not.toBe(500);
    }
  });
});

describe("nothing that a provider sends reaches what all objects share", () => {
  /** The shared objects as they are now. */
  const shared = () =>
    [Object.prototype, Object, Object.prototype.toString, Object.prototype.hasOwnProperty].map((one) =>
      Object.getOwnPropertyNames(one).sort(),
    );
  const names = [
    "__proto__.taken",
    "constructor.taken",
    "Constructor.taken",
    "__proto__ .taken",
    "toString.taken",
    "hasOwnProperty.taken",
    "name.__proto__.taken",
    "urn:ietf:params:scim:schemas:core:2.0:User:__proto__.taken",
  ];

  it.each(names)("by the name %s", async (name) => {
    const id = await aUser();
    const before = shared();
    const patch = (operation: object) =>
      ask("PATCH", ["Users", id], JSON.stringify({ schemas: [patchOp], Operations: [operation] }));
    const queries = [`filter=${name} eq "x"`, `filter=emails[${name} eq "x"]`, `filter=(${name} pr)`];
    const told = [
      ...(await Promise.all(
        [...queries, `attributes=${name}`, `excludedAttributes=${name}`, `sortBy=${name}`].map((query) =>
          ask("GET", ["Users"], undefined, `?${new URLSearchParams([query.split(/=(.*)/s).slice(0, 2)])}`),
        ),
      )),
      await ask("GET", ["Users", `x" or ${name} eq "y`]),
      await ask("GET", ["Schemas", `x" or ${name} eq "y`]),
      await patch({ op: "add", path: name, value: 1 }),
      await patch({ op: "add", path: `emails[${name} eq "a"].value`, value: "a@example.org" }),
      await patch({ op: "add", value: { [`emails[${name} eq "a"].value`]: "a@example.org" } }),
      await patch({ op: "remove", path: "emails", value: [{ [name]: 1 }] }),
      await ask(
        "PUT",
        ["Users", id],
        JSON.stringify({ schemas: [user], userName: "a@example.org", [name]: { taken: 1 } }),
      ),
    ];
    expect(shared()).toEqual(before);
    for (const { status } of told) expect([400, 404]).toContain(status);
  });
});

it("an account above what the provider may give is ended by it, and not opened again", async () => {
  const boss = await installation.addUser("superuser");
  await pool().query("INSERT INTO identity_links (provider_id, user_id, made) VALUES ($1, $2, false)", [
    providerId,
    boss.id,
  ]);
  const set = (active: boolean) =>
    ask("PUT", ["Users", boss.id], JSON.stringify({ schemas: [user], userName: boss.email, active }));
  expect((await set(true)).status).toBe(200);
  expect((await set(false)).status).toBe(200);
  const again = await set(true);
  expect(again).toMatchObject({ status: 400, body: { detail: expect.stringContaining("active") } });
  const kept = await pool().query("SELECT status FROM users WHERE id = $1", [boss.id]);
  expect(kept.rows).toEqual([{ status: "disabled" }]);
});

it("the record of a group that a provider deletes holds what people here gave it", async () => {
  const made = await ask("POST", ["Groups"], JSON.stringify({ schemas: [group], displayName: "Shop" }));
  const { id } = made.body;
  const { id: userId, email } = await installation.addUser("member");
  await pool().query("INSERT INTO group_members (user_id, group_id) VALUES ($1, $2)", [userId, id]);
  await pool().query("INSERT INTO group_scopes (group_id, kind, name) VALUES ($1, 'space', 'shop')", [id]);
  expect((await ask("DELETE", ["Groups", id])).status).toBe(204);
  const told = await pool().query(
    "SELECT original_state AS original FROM audit_events WHERE target_id = $1 AND event_type = 'scope:deleted'",
    [id],
  );
  expect(told.rows).toEqual([
    {
      original: {
        name: "Shop",
        description: "",
        globalScope: false,
        spaces: ["shop"],
        targets: [],
        members: [email],
      },
    },
  ]);
});
