import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DELETE } from "@/app/api/v1/tokens/[id]/route.ts";
import { GET, POST } from "@/app/api/v1/tokens/route.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { flushAnonymousFailures } from "./anonymous.ts";
import { asApi } from "./as-api.ts";

const url = "http://localhost:3000/api/v1/tokens";
let installation: TestInstallation;
let superuser: TestUser;
let admin: TestUser;
let member: TestUser;
beforeAll(async () => {
  installation = await testInstallation();
  [superuser, admin, member] = await Promise.all([
    installation.addUser("superuser"),
    installation.addUser("admin"),
    installation.addUser("member"),
  ]);
});
afterAll(() => installation.remove());

let requests = 0;

/** A request as a page of Daybook sends it. */
async function by(user: TestUser, method = "GET", body?: unknown, path = "") {
  const { cookie } = await installation.login(user);
  requests += 1;
  const id = `request-${requests}`;
  const request = new Request(url + path, {
    method,
    headers: {
      cookie,
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
      "x-daybook-request-id": id,
      "x-daybook-address": "192.0.2.4",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { request, id };
}

async function eventOf(requestId: string) {
  const found = await pool().query(
    `SELECT user_name, actor_type, action, resource, outcome, status, client_address, duration_us > 0 AS timed
     FROM user_events WHERE request_id = $1`,
    [requestId],
  );
  return found.rows;
}

const wish = { name: "ci", scopes: ["logs:read"], expiresInDays: 30 };

async function create(
  user: TestUser,
  body: unknown = wish,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await POST((await by(user, "POST", body)).request);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function revoke(user: TestUser, id: unknown, query = ""): Promise<number> {
  const { request } = await by(user, "DELETE", undefined, `/${id}${query}`);
  return (await DELETE(request, { params: Promise.resolve({ id: String(id) }) })).status;
}

async function list(user: TestUser): Promise<Record<string, unknown>[]> {
  const response = await GET((await by(user)).request);
  return ((await response.json()) as { tokens: Record<string, unknown>[] }).tokens;
}

describe("the event of a request", () => {
  it("is committed before the answer is there", async () => {
    const { request, id } = await by(admin, "GET", undefined, "?a=1");
    let before: unknown[] = ["not looked"];
    const response = await asApi(request, "test.read", async () => {
      before = await eventOf(id);
      return new Response("fine");
    });
    expect(response.status).toBe(200);
    expect(before).toEqual([]);
    expect(await eventOf(id)).toEqual([
      {
        user_name: admin.email,
        actor_type: "user",
        action: "test.read",
        resource: "/api/v1/tokens?a=1",
        outcome: "success",
        status: 200,
        client_address: "192.0.2.4",
        timed: true,
      },
    ]);
  });

  it.each([
    [new Problem(404, "gone"), "failure", 404],
    [new Problem(403, "no"), "denied", 403],
    [new Error("secret text"), "failure", 500],
  ])("tells how it ended: %s", async (error, outcome, status) => {
    const { request, id } = await by(admin);
    const response = await asApi(request, "test.fail", () => Promise.reject(error));
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.text()).not.toContain("secret text");
    expect(await eventOf(id)).toMatchObject([{ outcome, status }]);
  });

  it("is a denial of the person when the permission is missing or another site asks", async () => {
    const lacking = await by(member);
    const never = () => Promise.reject(new Error("must not run"));
    const refused = await asApi(lacking.request, "test.admin", never, { permission: "users:manage" });
    expect(refused.status).toBe(403);
    expect(await eventOf(lacking.id)).toMatchObject([{ user_name: member.email, outcome: "denied" }]);

    const foreign = await by(superuser, "POST", wish);
    foreign.request.headers.set("sec-fetch-site", "cross-site");
    expect((await POST(foreign.request)).status).toBe(403);
    expect(await eventOf(foreign.id)).toMatchObject([{ user_name: superuser.email, outcome: "denied" }]);
  });

  it("withholds the answer when it cannot be written", async () => {
    const { request } = await by(admin);
    let released = false;
    const body = new ReadableStream({
      cancel: () => {
        released = true;
      },
    });
    const owner = new pg.Client({ connectionString: installation.ownerUrl });
    await owner.connect();
    await owner.query("REVOKE INSERT ON user_events FROM daybook_app");
    const response = await asApi(request, "test.unrecorded", async () => new Response(body));
    await owner.query("GRANT INSERT ON user_events TO daybook_app");
    await owner.end();
    expect(response.status).toBe(500);
    expect(released).toBe(true);
  });

  it("of nobody known is counted, without the query a stranger wrote", async () => {
    const ask = () =>
      GET(
        new Request(`${url}?x=<script>`, {
          headers: { "x-daybook-address": "198.51.100.1", authorization: "Bearer no" },
        }),
      );
    const responses = await Promise.all([ask(), ask(), ask()]);
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(responses[0]?.headers.get("www-authenticate")).toContain("Bearer");
    await flushAnonymousFailures();
    const rows = await pool().query<{ resource: string; count: number }>(
      "SELECT resource, count FROM user_events WHERE client_address = '198.51.100.1'",
    );
    expect(rows.rows.reduce((sum, row) => sum + row.count, 0)).toBe(3);
    expect(rows.rows[0]?.resource).toBe("/api/v1/tokens");
  });
});

describe("API tokens over REST", () => {
  it("show the token once and keep only its hash", async () => {
    const { status, body } = await create(admin);
    expect(status).toBe(201);
    const token = String(body["token"]);
    expect(token).toMatch(/^dbk_[0-9A-Za-z]{38}$/);
    expect(JSON.stringify(await list(admin))).not.toContain(token);
    const everything = await pool().query(
      "SELECT t::text AS text FROM api_tokens t UNION ALL SELECT a::text FROM audit_events a",
    );
    expect(everything.rows.some((row) => String(row["text"]).includes(token.slice(10)))).toBe(false);
  });

  it.each([
    [{ ...wish, expiresInDays: undefined }, "expiresInDays"],
    [{ ...wish, expiresInDays: 0 }, "expiresInDays"],
    [{ ...wish, expiresInDays: 1e9 }, "expiresInDays"],
    [{ ...wish, scopes: [] }, "scopes"],
    [{ ...wish, scopes: ["users:manage"] }, "scopes.0"],
    [{ ...wish, scopes: ["logs:read", "logs:read"] }, "scopes"],
    [{ ...wish, name: "  " }, "name"],
    [{ ...wish, name: "x".repeat(101) }, "name"],
    [{ ...wish, role: "superuser" }, "body"],
    ["text", "body"],
  ])("refuse a wrong wish and name the field: %j", async (body, parameter) => {
    const answer = await create(superuser, body);
    expect(answer.status).toBe(400);
    expect(answer.body["errors"]).toMatchObject([{ parameter }]);
  });

  it("refuse what is not JSON, and too much of it", async () => {
    const { request } = await by(admin, "POST");
    expect((await POST(new Request(request, { body: "{" }))).status).toBe(400);
    const form = new Request((await by(admin, "POST")).request, { body: "name=x" });
    form.headers.set("content-type", "application/x-www-form-urlencoded");
    expect((await POST(form)).status).toBe(415);
    expect((await create(admin, { ...wish, name: "x".repeat(100_000) })).status).toBe(413);
  });

  it("may live for ever only by choice", async () => {
    const { body } = await create(admin, { ...wish, expiresInDays: null });
    const item = (await list(admin)).find(({ id }) => id === body["id"]);
    expect(item).toMatchObject({ expiresAt: null, revokedAt: null, lastUsedAt: null, own: true });
  });

  it("cannot be given more than their maker's role", async () => {
    expect((await create(admin, { ...wish, scopes: ["audit-log:read"] })).status).toBe(403);
    expect((await create(member, wish)).status).toBe(403);
    expect((await create(member, { ...wish, scopes: ["logs:read-own"] })).status).toBe(201);
    expect((await create(superuser, { ...wish, scopes: ["audit-log:read"] })).status).toBe(201);
  });

  it("cannot be used to make or list tokens", async () => {
    const { body } = await create(superuser);
    const headers = { authorization: `Bearer ${body["token"]}` };
    expect((await GET(new Request(url, { headers }))).status).toBe(403);
    const post = {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(wish),
    };
    expect((await POST(new Request(url, post))).status).toBe(403);
  });

  it("are seen and revoked by their owner, and by who manages tokens up to the own role", async () => {
    const { body: own } = await create(member, { ...wish, scopes: ["exports:create"] });
    const { body: above } = await create(superuser);
    expect((await list(member)).every((item) => item["own"] === true)).toBe(true);
    expect((await list(admin)).map(({ id }) => id)).toEqual(expect.arrayContaining([own["id"], above["id"]]));
    expect(await revoke(member, above["id"])).toBe(404);
    expect(await revoke(admin, above["id"])).toBe(403);
    expect(await revoke(admin, own["id"])).toBe(204);
    expect(await revoke(member, own["id"])).toBe(409);
    expect(await revoke(member, "not-an-id")).toBe(404);
  });

  it("put the reason of their end into the audit log", async () => {
    const { body } = await create(admin);
    expect(await revoke(admin, body["id"], "?reason=+")).toBe(400);
    expect(await revoke(admin, body["id"], "?reason=laptop+lost")).toBe(204);
    const rows = await pool().query(
      "SELECT event_description AS says FROM audit_events WHERE target_id = $1 ORDER BY time",
      [body["id"]],
    );
    expect(rows.rows.at(-1)).toEqual({ says: "Revoked API token ci: laptop lost" });
  });

  it("of another organization do not exist", async () => {
    const stranger = await installation.addUser("superuser", {
      organizationId: installation.otherOrganizationId,
    });
    const { body } = await create(admin);
    expect(await revoke(stranger, body["id"])).toBe(404);
    expect(await list(stranger)).toEqual([]);
  });

  it("are refused from the moment they are revoked", async () => {
    const { body } = await create(admin, { ...wish, scopes: ["exports:create"] });
    const use = () =>
      asApi(
        new Request(url, { headers: { "x-access-token": String(body["token"]) } }),
        "test.use",
        async () => new Response(),
      );
    expect((await use()).status).toBe(200);
    expect(await revoke(admin, body["id"])).toBe(204);
    expect((await use()).status).toBe(401);
  });
});
