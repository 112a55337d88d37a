import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { principalOfCookie } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { providerWish } from "@/lib/sso/provider-wish.ts";
import { createProvider } from "@/lib/sso/server/providers.ts";
import { createScimToken } from "@/lib/sso/server/scim-token.ts";
import { mostSorted } from "./lists.ts";
import { serveScim } from "./serve.ts";

const people = 5_000;
const groups = 300;

let installation: TestInstallation;
let mine: Provider;
let theirs: Provider;
beforeAll(async () => {
  installation = await testInstallation();
  mine = await provider("Directory");
  theirs = await provider("Neighbour");
  await fill(mine.id, "mine");
  await fill(theirs.id, "theirs");
});
afterAll(() => installation.remove());

type Provider = { id: string; token: string };

async function provider(name: string): Promise<Provider> {
  const { cookie } = await installation.login(await installation.addUser("superuser"));
  const principal = await principalOfCookie(new Headers({ cookie }));
  if (!principal) throw new Error("Nobody is signed in");
  const wish = {
    name,
    kind: "oidc",
    issuer: "https://login.example.org",
    clientId: "a",
    clientSecret: "b",
  };
  const { id } = await createProvider(principal, providerWish.parse(wish));
  return { id, token: (await createScimToken(principal, id)).token };
}

/** Accounts and groups of a provider: of every tenth account the external id is missing, of every fifth it is off. */
async function fill(providerId: string, of: string): Promise<void> {
  const { organizationId } = installation;
  await pool().query(
    `WITH made AS (
       INSERT INTO users (id, organization_id, email, name, role, status, global_scope)
       SELECT md5($3 || n)::uuid, $2, $3 || n || '@example.org', 'Person ' || n, 'member',
         CASE WHEN n % 5 = 0 THEN 'disabled' ELSE 'active' END, false
       FROM generate_series(1, $4::int) AS n RETURNING id, name)
     INSERT INTO identity_links (provider_id, user_id, external_id, made)
     SELECT $1, id, CASE WHEN name LIKE '%0' THEN NULL ELSE 'ext-' || substr(name, 8) END, true FROM made`,
    [providerId, organizationId, of, people],
  );
  await pool().query(
    `WITH made AS (
       INSERT INTO groups (id, organization_id, name)
       SELECT md5($3 || 'group' || n)::uuid, $2, $3 || ' "team" ' || n FROM generate_series(1, $4::int) AS n RETURNING id, name)
     INSERT INTO identity_groups (provider_id, group_id, external_id, made)
     SELECT $1, id, 'ext-' || name, true FROM made`,
    [providerId, organizationId, of, groups],
  );
}

type Told = {
  status: number;
  body: {
    totalResults: number;
    startIndex: number;
    itemsPerPage: number;
    detail?: string;
    scimType?: string;
    Resources: { id: string; userName?: string; displayName: string; active?: boolean }[];
  };
};

async function ask(kind: "Users" | "Groups", query: { [name: string]: string | number }): Promise<Told> {
  const params = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  const request = new Request(`http://localhost:3000/scim/v2/${kind}?${new URLSearchParams(params)}`, {
    headers: { authorization: `Bearer ${mine.token}` },
  });
  const response = await serveScim(request, [kind]);
  return { status: response.status, body: await response.json() };
}

/** How many rows leave the database meanwhile, in all and at the most in one answer. */
async function rowsRead(work: () => Promise<unknown>): Promise<{ all: number; most: number }> {
  const query = vi.spyOn(pool(), "query");
  await work();
  const answers = query.mock.results.map(({ value }) => value as Promise<{ rows: unknown[] }>);
  query.mockRestore();
  const counts = (await Promise.all(answers)).map(({ rows }) => rows.length);
  return { all: counts.reduce((sum, n) => sum + n, 0), most: Math.max(0, ...counts) };
}

describe(`of ${people} accounts`, () => {
  it.each([
    ['userName eq "mine77@example.org"', "mine77@example.org"],
    ['USERNAME EQ "MINE77@Example.org"', "mine77@example.org"],
    ['externalId eq "ext-77"', "mine77@example.org"],
    ['displayName eq "Person 77"', "mine77@example.org"],
    ['userName eq "mine77@example.org" and active eq true', "mine77@example.org"],
    ['active eq true and externalId eq "ext-77" and displayName co "son"', "mine77@example.org"],
  ])("the one of %s is read alone", async (filter, userName) => {
    const read = await rowsRead(async () => {
      const { status, body } = await ask("Users", { filter });
      expect(status, body.detail).toBe(200);
      expect(body).toMatchObject({ totalResults: 1, startIndex: 1 });
      expect(body.Resources.map((one) => one.userName)).toEqual([userName]);
    });
    expect(read.all).toBeLessThan(10);
  });

  it("the one of an id is read alone, and no other provider's", async () => {
    const { body } = await ask("Users", { filter: 'userName eq "mine5@example.org"' });
    const id = body.Resources[0]?.id ?? "";
    expect((await ask("Users", { filter: `id eq "${id}"` })).body.Resources).toEqual(body.Resources);
    const foreign = await pool().query<{ id: string }>(
      "SELECT id FROM users WHERE email = 'theirs5@example.org'",
    );
    for (const other of [foreign.rows[0]?.id ?? "", "none", "", "0'; --"]) {
      const told = await ask("Users", { filter: `id eq "${other}"` });
      expect(told.body, other).toMatchObject({ totalResults: 0, Resources: [] });
    }
  });

  it.each([
    'userName eq "theirs77@example.org"',
    'externalId eq "EXT-77"',
    'externalId eq "ext-10"',
    'displayName eq "person 77"',
    'userName eq "mine5@example.org" and active eq true',
    'userName eq "mine5@example.org" and userName eq "mine6@example.org"',
    "externalId eq 77",
    'userName eq "a\0b"',
    'userName eq "a\\u0000b"',
  ])("nobody is found by %s", async (filter) => {
    const { status, body } = await ask("Users", { filter });
    expect(status, body.detail).toBe(200);
    expect(body).toMatchObject({ totalResults: 0, Resources: [] });
  });

  it.each([
    ['userName eq "mine5@example.org" or userName eq "mine6@example.org"', 2],
    ['not (userName eq "mine5@example.org")', people - 1],
    ['userName ne "mine5@example.org"', people - 1],
    ["active eq false", people / 5],
    ["not (externalId pr)", people / 10],
    ['emails.value eq "MINE5@example.org"', 1],
    ['displayName sw "Person 49"', 111],
  ])("%s finds %i in all, and what is gone through is never held", async (filter, total) => {
    const read = await rowsRead(async () => {
      const { status, body } = await ask("Users", { filter, startIndex: 2, count: 3 });
      expect(status, body.detail).toBe(200);
      expect(body).toMatchObject({ totalResults: total, startIndex: 2, itemsPerPage: 3 });
      expect(body.Resources).toHaveLength(Math.min(3, total - 1));
    });
    expect(read.most).toBeLessThanOrEqual(200);
  });

  it("every one comes once, page by page, and no more than a page is read", async () => {
    const seen: string[] = [];
    for (const startIndex of [1, 31, 61, 2001, 4971]) {
      const read = await rowsRead(async () => {
        const { body } = await ask("Users", { startIndex, count: 30 });
        expect(body).toMatchObject({ totalResults: people, startIndex, itemsPerPage: 30 });
        seen.push(...body.Resources.map(({ userName = "" }) => userName));
      });
      expect(read.all).toBeLessThan(40);
    }
    expect(seen).toHaveLength(150);
    expect(new Set(seen).size).toBe(150);
    expect(seen.every((name) => name.startsWith("mine"))).toBe(true);
  });

  it("pages of a filter that is gone through are parts of one whole too", async () => {
    const seen: string[] = [];
    for (let startIndex = 1; startIndex <= 111; startIndex += 40) {
      const { body } = await ask("Users", { filter: 'displayName sw "Person 49"', startIndex, count: 40 });
      expect(body.totalResults).toBe(111);
      seen.push(...body.Resources.map(({ userName = "" }) => userName));
    }
    expect(seen).toHaveLength(111);
    expect(new Set(seen).size).toBe(111);
  });

  it.each([
    {},
    { filter: "active eq true" },
    { filter: 'userName eq "mine77@example.org"' },
    { sortBy: "userName" },
  ])("behind the end there is nothing: %o", async (query) => {
    const { body } = await ask("Users", { ...query, startIndex: 900_000, count: 5 });
    expect(body.totalResults).toBeGreaterThan(0);
    expect(body).toMatchObject({ startIndex: 900_000, Resources: [] });
    expect((await ask("Users", { ...query, count: 0 })).body).toMatchObject({
      totalResults: body.totalResults,
      Resources: [],
    });
  });

  it("are sorted over all of them, not over a page", async () => {
    const { body } = await ask("Users", {
      sortBy: "userName",
      sortOrder: "descending",
      startIndex: 2,
      count: 2,
    });
    expect(body).toMatchObject({ totalResults: people, startIndex: 2, itemsPerPage: 2 });
    expect(body.Resources.map((one) => one.userName)).toEqual(["mine998@example.org", "mine997@example.org"]);
    const filter = 'displayName sw "Person 49" and externalId np';
    for (const [sortBy, first] of [
      ["emails", "mine490@example.org"],
      ["meta.created", expect.any(String)],
      ["externalId", expect.any(String)],
      ["constructors", expect.any(String)],
    ])
      expect((await ask("Users", { sortBy, filter, count: 2 })).body).toMatchObject({
        totalResults: 11,
        Resources: [{ userName: first }, {}],
      });
    const last = await ask("Users", {
      sortBy: "externalId",
      filter: 'displayName sw "Person 498"',
      startIndex: 11,
    });
    expect(last.body).toMatchObject({ totalResults: 11, Resources: [{ userName: "mine4980@example.org" }] });
  });
});

describe(`of ${groups} groups`, () => {
  it("the one of a name with quotes, of an external id and of an id is read alone", async () => {
    const filters = ['displayName eq "mine \\"team\\" 7"', 'externalId eq "ext-mine \\"team\\" 7"'];
    for (const filter of filters) {
      const read = await rowsRead(async () => {
        const { status, body } = await ask("Groups", { filter, excludedAttributes: "members" });
        expect(status, body.detail).toBe(200);
        expect(body).toMatchObject({ totalResults: 1, Resources: [{ displayName: 'mine "team" 7' }] });
        const [one] = body.Resources;
        expect((await ask("Groups", { filter: `id eq "${one?.id}"` })).body.totalResults).toBe(1);
      });
      expect(read.all, filter).toBeLessThan(10);
    }
    const foreign = await ask("Groups", { filter: 'displayName eq "theirs \\"team\\" 7"' });
    expect(foreign.body.totalResults).toBe(0);
  });

  it("come in pages, with a filter that is gone through too", async () => {
    const seen: string[] = [];
    for (let startIndex = 1; startIndex < groups; startIndex += 80) {
      const { body } = await ask("Groups", { startIndex, count: 80 });
      expect(body).toMatchObject({ totalResults: groups, startIndex });
      seen.push(...body.Resources.map(({ displayName }) => displayName));
    }
    expect(seen).toHaveLength(groups);
    expect(new Set(seen).size).toBe(groups);
    const found = await ask("Groups", { filter: 'displayName ew " 7"', count: 5 });
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ displayName: 'mine "team" 7' }] });
  });
});

it("more than can be sorted is refused, and how many that is", async () => {
  await fill(theirs.id, "more");
  await fill(theirs.id, "many");
  const { token } = mine;
  mine.token = theirs.token;
  const { status, body } = await ask("Users", { sortBy: "userName" });
  const some = await ask("Users", { sortBy: "userName", filter: 'displayName eq "Person 7"' });
  mine.token = token;
  expect(body.detail).toContain(`more than ${mostSorted} `);
  expect({ status, scimType: body.scimType }).toEqual({ status: 413, scimType: "tooMany" });
  expect(some.body.totalResults).toBe(3);
});
