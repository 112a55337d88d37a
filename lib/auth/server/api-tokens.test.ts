import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DELETE } from "@/app/api/v1/tokens/[id]/route.ts";
import { GET, POST } from "@/app/api/v1/tokens/route.ts";
import { pool } from "@/lib/db/client.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";

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

/** A request as a page of Daybook sends it. */
async function by(user: TestUser, method = "GET", body?: unknown, path = ""): Promise<Request> {
  const { cookie } = await installation.login(user);
  return new Request(url + path, {
    method,
    headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const wish = { name: "ci", scopes: ["logs:read"], expiresInDays: 30 };

async function create(
  user: TestUser,
  body: unknown = wish,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await POST(await by(user, "POST", body));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function revoke(user: TestUser, id: unknown, query = ""): Promise<number> {
  const request = await by(user, "DELETE", undefined, `/${id}${query}`);
  return (await DELETE(request, { params: Promise.resolve({ id: String(id) }) })).status;
}

async function list(user: TestUser): Promise<Record<string, unknown>[]> {
  const response = await GET(await by(user));
  return ((await response.json()) as { tokens: Record<string, unknown>[] }).tokens;
}

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
    const request = await by(admin, "POST");
    expect((await POST(new Request(request, { body: "{" }))).status).toBe(400);
    const form = new Request(await by(admin, "POST"), { body: "name=x" });
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
    const seen = await list(admin);
    const revocable = (id: unknown) => seen.find((item) => item["id"] === id)?.["revocable"];
    expect([revocable(own["id"]), revocable(above["id"])]).toEqual([true, false]);
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
