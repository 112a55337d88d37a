import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

  it("names the API key that it came with, and its owner", async () => {
    const make = await by(admin, "POST", { ...wish, name: "nightly export" });
    const { id: tokenId, token } = (await (await POST(make.request)).json()) as { id: string; token: string };
    const headers = { authorization: `Bearer ${token}`, "x-daybook-request-id": "with-a-key" };
    await asApi(new Request(url, { headers }), "test.read", async () => new Response("fine"));
    const found = await pool().query(
      "SELECT user_name, actor_type, actor_id, actor_name FROM user_events WHERE request_id = 'with-a-key'",
    );
    expect(found.rows).toEqual([
      { user_name: admin.email, actor_type: "api-key", actor_id: tokenId, actor_name: "nightly export" },
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
