import { randomBytes } from "node:crypto";
import { encode } from "next-auth/jwt";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { newToken } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { apiRoutes } from "@/lib/http/api-routes.ts";
import { type Names, namesOf } from "@/lib/logs/server/test-names.ts";
import { everythingOf, makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { cases } from "./test-cases.ts";
import { type Asked, ask, type Endpoint, endpoints } from "./test-routes.ts";

/** Routes that anybody may use. */
const open = [
  "POST /api/auth/activate",
  "POST /api/auth/forgot-password",
  "POST /api/auth/reset-password",
  "GET /api/auth/[...nextauth]",
  "POST /api/auth/[...nextauth]",
  "GET /api/health",
  "GET /api/ready",
  "GET /api/v1/openapi.json",
];

const found = await endpoints();
const closed = found.filter(({ name }) => !open.includes(name));
/** Pairing takes a deployment token alone: there is no cookie that another site could ride on. */
const writing = closed.filter(
  ({ name, method }) => method !== "GET" && method !== "HEAD" && name !== "POST /api/v1/pair",
);

let installation: TestInstallation;
let world: TestWorld;
let names: Names;
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId } = installation;
  world = await makeWorld(installation, organizationId, "alpha", "2026-11-20T10:00:00.123456Z");
  names = await namesOf(world);
});
afterAll(async () => {
  await flushAnonymousFailures();
  await installation.remove();
});

/** A request that would be answered if the right person sent it. */
function rightCase(endpoint: Endpoint): Asked {
  const [first = {}] = cases[endpoint.name]?.(names, names) ?? [];
  return first;
}

type Headers = { [name: string]: string };

async function statusWith(endpoint: Endpoint, headers: Headers): Promise<number> {
  const asked = rightCase(endpoint);
  const { status, text } = await ask(endpoint, { ...asked, headers });
  if (status === 401) {
    expect(JSON.parse(text)).toMatchObject({
      type: "about:blank",
      status: 401,
      requestId: expect.any(String),
    });
  }
  return status;
}

/** Headers by which routers, proxies and Next itself have been talked past a check. */
const tricks: Headers[] = [
  {},
  { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
  { "x-middleware-subrequest": "src/middleware:src/middleware:src/middleware:src/middleware:src/middleware" },
  { "x-middleware-subrequest-id": "1", "x-middleware-next": "1", "x-middleware-rewrite": "/api/health" },
  { "x-nextjs-data": "1" },
  { "next-router-segment-prefetch": "/_tree", "next-router-prefetch": "1", rsc: "1" },
  { "next-action": "0".repeat(40) },
  { "x-matched-path": "/api/health", "x-invoke-path": "/api/health", "x-original-url": "/api/health" },
  {
    "x-daybook-user": "superuser@alpha.example",
    "x-daybook-role": "superuser",
    "x-daybook-path": "/api/health",
  },
  { "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost", "x-real-ip": "127.0.0.1" },
  { "x-http-method-override": "GET", "x-method-override": "GET" },
  { authorization: "", "x-access-token": "" },
];

it("every route that there is, and no other, is known to the server that refuses the rest", () => {
  const listed = Object.entries(apiRoutes).flatMap(([route, methods]) =>
    methods.map((method) => `${method} ${route}`),
  );
  expect(listed.sort()).toEqual(found.map(({ name }) => name));
});

describe("nobody is answered without a session or a token", () => {
  // When a minute closes, the sums of its anonymous failures are written: none closes between two looks.
  beforeEach(() => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("the list of open routes names routes that there are", () => {
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(open));
  });

  it.each(closed)("$name", async (endpoint) => {
    const before = withoutEvents(await everythingOf(world.organizationId));
    for (const headers of tricks)
      expect(await statusWith(endpoint, headers), JSON.stringify(headers)).toBe(401);
    expect(withoutEvents(await everythingOf(world.organizationId))).toBe(before);
  });
});

async function apiToken(owner: string, change: string): Promise<string> {
  const { token, shownPrefix, hash } = newToken("dbk_");
  await pool().query(
    `INSERT INTO api_tokens (id, organization_id, user_id, name, prefix, hash, scopes)
     VALUES (gen_random_uuid(), $1, $2, 't', $3, $4, '{logs:read,logs:read-own,audit-log:read,exports:create}')`,
    [world.organizationId, owner, shownPrefix, hash],
  );
  await pool().query(`UPDATE api_tokens SET ${change} WHERE hash = $1`, [hash]);
  return token;
}

async function session(user: Parameters<TestInstallation["login"]>[0], change: string): Promise<string> {
  const { sessionId, cookie } = await installation.login(user);
  await pool().query(`UPDATE sessions SET ${change} WHERE id = $1`, [sessionId]);
  return cookie;
}

/** What is sent by people who were let in once, or never. */
async function badCredentials(): Promise<{ [what: string]: Headers }> {
  const { superuser } = world.users;
  const gone = await installation.addUser("superuser");
  const goneToken = await apiToken(gone.id, "name = 'of somebody disabled'");
  const goneCookie = (await installation.login(gone)).cookie;
  await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [gone.id]);
  const good = await apiToken(superuser.id, "name = 'good'");
  const foreignCookie = await encode({
    token: { sid: crypto.randomUUID() },
    secret: randomBytes(32).toString("base64"),
  });
  const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
  return {
    "an expired token": bearer(await apiToken(superuser.id, "expires_at = now() - interval '1 s'")),
    "a revoked token": bearer(await apiToken(superuser.id, "revoked_at = now()")),
    "the token of somebody disabled": bearer(goneToken),
    "a token that nobody has": bearer(newToken("dbk_").token),
    "a token that is cut": bearer(good.slice(0, -1)),
    "a token with another last letter": bearer(good.slice(0, -1) + (good.endsWith("a") ? "b" : "a")),
    "a token with more behind it": bearer(`${good}x`),
    "a token in another case": bearer(good.toUpperCase()),
    "a token as a password": { authorization: `Basic ${Buffer.from(`x:${good}`).toString("base64")}` },
    "a token without the word": { authorization: good },
    "two tokens": { authorization: `Bearer ${good}, Bearer ${good}` },
    "a source's token": bearer(world.source.token),
    "a source's token in the other header": { "x-access-token": world.source.token },
    "a wrong token beside a good cookie": {
      ...bearer(newToken("dbk_").token),
      cookie: world.cookies.superuser,
    },
    "an empty token beside a good cookie": { authorization: "", cookie: world.cookies.superuser },
    "a revoked session": { cookie: await session(superuser, "revoked_at = now()") },
    "an expired session": { cookie: await session(superuser, "expires_at = now() - interval '1 s'") },
    "a session left alone": { cookie: await session(superuser, "last_seen_at = now() - interval '13 h'") },
    "the session of somebody disabled": { cookie: goneCookie },
    "a cookie under another secret": { cookie: `daybook.session=${foreignCookie}` },
    "a cookie that is a session's id": { cookie: `daybook.session=${crypto.randomUUID()}` },
    "a cookie that is no token": { cookie: "daybook.session=a.b.c.d.e; daybook.session=%00" },
    "a cookie of another name": { cookie: world.cookies.superuser.replace("daybook.", "__Host-daybook.") },
  };
}

describe("nobody is answered with what is good no more, or never was", () => {
  it.each(closed)("$name", async (endpoint) => {
    for (const [what, headers] of Object.entries(await badCredentials())) {
      expect(await statusWith(endpoint, headers), what).toBe(401);
    }
  });

  it("a token in the address opens nothing", async () => {
    const token = await apiToken(world.users.superuser.id, "name = 'in the address'");
    for (const endpoint of closed.filter(({ method }) => method === "GET")) {
      const query = { access_token: token, token, "x-access-token": token };
      expect((await ask(endpoint, { ...rightCase(endpoint), query })).status, endpoint.name).toBe(401);
    }
  });
});

/** That somebody tried is on record, at the latest when the minute closes. */
function withoutEvents(everything: string): string {
  const lines = everything.split("\n").filter((line) => !/,(?:denied|failure|user-events)\b/.test(line));
  return lines.join("\n");
}

describe("what another site's page sends with this browser's cookie is refused", () => {
  const elsewhere: { [what: string]: Headers } = {
    "from another site": { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    "from a neighbour": { "sec-fetch-site": "same-site", origin: "http://other.localhost:3000" },
    "typed in": { "sec-fetch-site": "none" },
    "with our origin claimed": { "sec-fetch-site": "cross-site", origin: "http://localhost:3000" },
    "from a sandbox": { "sec-fetch-site": "cross-site", origin: "null" },
  };
  /** Of browsers that do not say it. */
  const silent: { [what: string]: Headers } = {
    "with another origin": { origin: "https://evil.example" },
    "with another port": { origin: "http://localhost:3001" },
    "with our name at another's": { origin: "http://localhost:3000.evil.example" },
    "with no origin's name": { origin: "null" },
    "with an empty origin": { origin: "" },
  };

  it.each(writing)("$name", async (endpoint) => {
    const before = await everythingOf(world.organizationId);
    const cookie = world.cookies.superuser;
    for (const [what, headers] of Object.entries({ ...elsewhere, ...silent, "without a word": {} })) {
      const asked = rightCase(endpoint);
      const own = { ...asked.headers, cookie, ...headers };
      const { status } = await ask(endpoint, {
        ...asked,
        headers: own,
        plain: !("sec-fetch-site" in headers),
      });
      expect(status, what).toBe(403);
    }
    const after = await everythingOf(world.organizationId);
    expect(withoutEvents(after)).toBe(withoutEvents(before));
  });
});

describe("more than a request may be", () => {
  const some = new Proxy({}, { get: () => "x" }) as Names["ids"] & Names["keys"];
  const any: Names = { word: "x", ids: some, keys: some, value: () => "x" };
  /** Makes a token whatever is sent along, and reads none of it. */
  const withoutBody = "POST /api/v1/identity-providers/[id]/provisioning-token";
  const withBody = writing.filter(
    ({ name }) =>
      name !== withoutBody && (cases[name]?.(any, any) ?? []).some(({ body }) => body !== undefined),
  );

  it("there are routes that take a body", () => {
    expect(withBody.length).toBeGreaterThan(10);
  });

  it.each(withBody)(
    "$name refuses a body without end, one of another type, and one that is none",
    async (endpoint) => {
      const before = await everythingOf(world.organizationId);
      const [given = {}] = cases[endpoint.name]?.(names, names) ?? [];
      const headers = { cookie: world.cookies.superuser };
      const send = async (body: unknown, more: Headers = {}) =>
        ask(endpoint, { ...given, body, headers: { ...headers, ...more } });
      expect((await send(JSON.stringify({ name: "x".repeat(9_000_000) }))).status).toBe(413);
      expect((await send("name=x", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(
        415,
      );
      expect((await send("name", { "content-type": "text/plain" })).status).toBe(415);
      for (const body of [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"__proto__":{"role":"superuser"}}',
        "[".repeat(30_000),
      ]) {
        const { status, text } = await send(body);
        expect(status, `${body.slice(0, 40)} ${text}`).toBe(400);
        expect((JSON.parse(text) as { errors: object[] }).errors[0], body.slice(0, 40)).toEqual({
          parameter: expect.any(String),
          reason: expect.any(String),
        });
      }
      const after = await everythingOf(world.organizationId);
      expect(withoutEvents(after)).toBe(withoutEvents(before));
    },
  );
});

describe("what is answered stays with who asked", () => {
  it.each(closed.filter(({ method }) => method === "GET"))("$name is kept by no cache", async (endpoint) => {
    const headers = { cookie: world.cookies.superuser };
    const head: Endpoint = {
      ...endpoint,
      handler: async (request, context) => {
        const response = await endpoint.handler(request, context);
        await response.body?.cancel();
        return new Response(null, response);
      },
    };
    for (const sent of [headers, {}]) {
      const answer = await ask(head, { ...rightCase(endpoint), headers: sent });
      expect(answer.status, answer.text).toBeLessThan(500);
      expect(answer.headers["cache-control"], JSON.stringify(answer.status)).toMatch(/(^|, )no-store\b/);
    }
  });
});
