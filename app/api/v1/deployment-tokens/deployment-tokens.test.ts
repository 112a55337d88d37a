import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { newToken } from "@/lib/auth/server/tokens.ts";
import { pool } from "@/lib/db/client.ts";
import { deploymentLimits } from "@/lib/deployment-tokens/deployment-token.ts";
import { findSource } from "@/lib/ingest/server/sources.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { POST as pair } from "../pair/route.ts";
import { DELETE } from "./[id]/route.ts";
import { GET, POST } from "./route.ts";

const origin = "http://localhost:3000/api/v1";
let installation: TestInstallation;
const cookies: { [who: string]: string } = {};
beforeAll(async () => {
  installation = await testInstallation();
  for (const role of ["admin", "auditor", "member"] as const) {
    cookies[role] = (await installation.login(await installation.addUser(role))).cookie;
  }
  const stranger = await installation.addUser("admin", { organizationId: installation.otherOrganizationId });
  cookies["stranger"] = (await installation.login(stranger)).cookie;
});
beforeEach(async () => {
  await pool().query("DELETE FROM sign_in_throttles");
});
afterAll(async () => {
  await flushAnonymousFailures();
  await installation.remove();
});

type Body = { [field: string]: unknown };

function request(method: string, body?: object, as = "admin", path = ""): Request {
  return new Request(`${origin}/deployment-tokens${path}`, {
    method,
    headers: {
      cookie: cookies[as] ?? "",
      "sec-fetch-site": "same-origin",
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const wish = { name: "web hosts", kind: "sshd", settings: { timeZone: "Europe/Berlin" }, expiresInHours: 24 };

async function make(more: object = {}, as = "admin"): Promise<{ id: string; token: string }> {
  const answer = await POST(request("POST", { ...wish, ...more }, as));
  expect(answer.status, await answer.clone().text()).toBe(201);
  return answer.json();
}

async function list(as = "admin"): Promise<Body[]> {
  const answer: { deploymentTokens: Body[] } = await (await GET(request("GET", undefined, as))).json();
  return answer.deploymentTokens;
}

function remove(id: string, as = "admin", reason = "over"): Promise<Response> {
  const query = `?${new URLSearchParams({ reason })}`;
  return DELETE(request("DELETE", undefined, as, `/${id}${query}`), { params: Promise.resolve({ id }) });
}

/** The application itself cannot. */
async function expire(id: string): Promise<void> {
  await expect(
    pool().query("UPDATE deployment_tokens SET expires_at = now() + interval '1 year'"),
  ).rejects.toMatchObject({ code: "42501" });
  const owner = new pg.Client({ connectionString: installation.ownerUrl });
  await owner.connect();
  await owner.query("UPDATE deployment_tokens SET expires_at = now() - interval '1 s' WHERE id = $1", [id]);
  await owner.end();
}

type Sent = { host?: string; address?: string; accept?: string; headers?: { [name: string]: string } };

/** As `curl -d host=…` does. */
function send(token: string, { host = "web-1", address = "192.0.2.1", accept, headers }: Sent = {}) {
  return pair(
    new Request(`${origin}/pair`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/x-www-form-urlencoded",
        "x-daybook-address": address,
        "x-daybook-request-id": "pairing",
        ...(accept !== undefined && { accept }),
        ...headers,
      },
      body: new URLSearchParams({ host }).toString(),
    }),
  );
}

type Told = {
  event: string;
  id: string;
  initiator: string;
  type: string;
  targetType: string;
  custom: Body;
  updated: Body;
};

async function auditOf(target: string): Promise<Told[]> {
  const found = await pool().query<Told>(
    `SELECT event_type AS event, target_id AS id, initiator, initiator_type AS type, target_type AS "targetType",
       custom_values AS custom, updated_state AS updated FROM audit_events WHERE target = $1 ORDER BY time, seq`,
    [target],
  );
  return found.rows;
}

describe("deployment tokens", () => {
  it("are shown once, kept as a hash, and listed", async () => {
    const { id, token } = await make({ name: "shown once", hosts: 3 });
    expect(token).toMatch(/^dbd_[0-9A-Za-z]{38}$/);
    const line = (await list()).find((one) => one["id"] === id);
    expect(line).toMatchObject({ name: "shown once", kind: "sshd", hosts: 3, state: "ready", sources: [] });
    expect(JSON.stringify(line)).not.toContain(token);
    const told = await auditOf("shown once");
    expect(told.map(({ event, targetType }) => [event, targetType])).toEqual(
      expect.arrayContaining([
        ["deploymenttoken:creating", "deploymentToken"],
        ["deploymenttoken:created", "deploymentToken"],
      ]),
    );
    expect(JSON.stringify(told)).not.toContain(token.slice(10));
    expect((await list("stranger")).some((one) => one["id"] === id)).toBe(false);
  });

  it.each([
    [{ name: " " }, "name"],
    [{ kind: "telepathy" }, "kind"],
    [{ kind: "daybook" }, "kind"],
    [{ settings: { colour: "red" } }, "settings.colour"],
    [{ hosts: 0 }, "hosts"],
    [{ hosts: deploymentLimits.hosts + 1 }, "hosts"],
    [{ hosts: 1.5 }, "hosts"],
    [{ expiresInHours: undefined }, "expiresInHours"],
    [{ expiresInHours: deploymentLimits.hours + 1 }, "expiresInHours"],
    [{ expiresInHours: null }, "expiresInHours"],
    [{ token: "dbd_mine" }, "body"],
  ])("refuse a wrong wish and name the field: %j", async (more, parameter) => {
    const answer = await POST(request("POST", { ...wish, ...more }));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ parameter }] });
  });

  it("are made, seen and deleted by those who manage sources, in their own organization", async () => {
    const { id } = await make({ name: "guarded" });
    for (const as of ["auditor", "member"]) {
      expect((await POST(request("POST", wish, as))).status).toBe(403);
      expect((await GET(request("GET", undefined, as))).status).toBe(403);
      expect((await remove(id, as)).status).toBe(403);
    }
    expect((await remove(id, "stranger")).status).toBe(404);
    expect((await remove(id, "admin", " ")).status).toBe(400);
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(404);
    expect((await list()).some((one) => one["id"] === id)).toBe(false);
    const told = (await auditOf("guarded")).at(-1);
    expect(told).toMatchObject({
      event: "deploymenttoken:deleted",
      id,
      custom: { deletionStatus: "deleted", reason: "over" },
    });
  });
});

describe("a host that pairs", () => {
  it("becomes a source of the token's kind and settings, with a token that posts", async () => {
    const { id, token } = await make({ name: "pairs" });
    const answer = await send(token, { host: "web-1" });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    const paired = (await answer.json()) as { source: { id: string }; token: string; url: string };
    expect(paired).toMatchObject({
      source: { name: "web-1", kind: "sshd" },
      url: "http://localhost:3000/api/v1/ingest/sshd",
    });
    const source = await findSource(paired.token);
    expect(source).toMatchObject({ id: paired.source.id, name: "web-1", settings: wish.settings });
    expect((await list()).find((one) => one["id"] === id)).toMatchObject({
      state: "used up",
      sources: [{ id: paired.source.id, name: "web-1" }],
    });
  });

  it("is in the audit log as what it is: no person, under the token and under its source", async () => {
    const { id, token } = await make({ name: "on record" });
    const paired = await (await send(token, { host: "recorded-1", address: "192.0.2.77" })).json();
    const pairing = (await auditOf("on record")).filter(({ event }) => event.includes("pair"));
    expect(pairing.map(({ event }) => event).at(-1)).toBe("deploymenttoken:paired");
    expect(pairing.at(-1)).toMatchObject({
      initiator: "recorded-1",
      type: "system-user",
      targetType: "deploymentToken",
      id,
      custom: { pairingStatus: "paired", host: "recorded-1", sourceIpAddress: "192.0.2.77" },
      updated: { source: { id: paired.source.id, name: "recorded-1" } },
    });
    const creation = (await auditOf("recorded-1")).at(-1);
    expect(creation).toMatchObject({
      event: "source:created",
      targetType: "source",
      custom: { deploymentToken: { id, name: "on record" } },
      updated: { id: paired.source.id },
    });
    const events = await pool().query(
      `SELECT user_name AS "user", actor_type AS type, actor_id AS id, outcome, status FROM user_events
       WHERE action = 'deployment-token.pair' AND client_address = '192.0.2.77'`,
    );
    expect(events.rows).toEqual([
      { user: "recorded-1", type: "service-account", id, outcome: "success", status: 201 },
    ]);
    const everything = await pool().query(
      "SELECT t::text AS text FROM sources t UNION ALL SELECT a::text FROM audit_events a",
    );
    const secret = String(paired.token).slice(10);
    expect(everything.rows.some(({ text }) => String(text).includes(secret))).toBe(false);
  });

  it("is answered with the token alone when it asks for plain text, and may speak JSON", async () => {
    const { token } = await make({ hosts: 2 });
    const answer = await send(token, { host: "plain-1", accept: "text/plain" });
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(/^dbs_[0-9A-Za-z]{38}\n$/);
    const json = new Request(`${origin}/pair`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ host: "json-1" }),
    });
    expect((await pair(json)).status).toBe(201);
  });

  it("is one of as many as the token says, however many come at once", async () => {
    const { id, token } = await make({ name: "race" });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, place) => send(token, { host: `racer-${place}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(410)]);
    const made = await pool().query("SELECT name FROM sources WHERE deployment_token_id = $1", [id]);
    expect(made.rowCount).toBe(1);
    const told = await auditOf("race");
    expect(told.filter(({ event }) => event === "deploymenttoken:paired")).toHaveLength(1);
    const failed = told.filter(({ event }) => event === "deploymenttoken:pairing-failed");
    expect(failed).toHaveLength(7);
    expect(failed[0]?.custom["reason"]).toBe(
      "This deployment token is used up: 1 host has paired with it. Ask for a new one.",
    );
    const open = await pool().query("SELECT 1 FROM open_workflows");
    expect(open.rowCount).toBe(0);
  });

  it("does not use the token up with a name that is taken", async () => {
    const { token } = await make({ name: "clash" });
    await testSource(installation.organizationId, "sshd", {}, "taken-1");
    await testSource(installation.otherOrganizationId, "sshd", {}, "free-1");
    const clash = await send(token, { host: "taken-1" });
    expect(clash.status).toBe(409);
    expect(await clash.json()).toMatchObject({
      detail: expect.stringContaining("There is a source named taken-1 already."),
      errors: [{ parameter: "host", reason: "is taken" }],
    });
    expect((await send(token, { host: "free-1" })).status).toBe(201);
  });

  it.each([
    ["", "host"],
    [" ", "host"],
    ["x".repeat(101), "host"],
    ["a\nb", "host"],
    ["a\0b", "host"],
  ])("must have a name: %j", async (host, parameter) => {
    const { token } = await make();
    const answer = await send(token, { host });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ parameter }] });
  });

  it("takes no addresses of hosts that another organization's sources list", async () => {
    const hosts = { kind: "sudo", settings: { hosts: "198.51.100.7" } };
    const { token } = await make({ ...hosts, name: "theirs" }, "stranger");
    const ours = await make({ ...hosts, name: "ours" });
    expect((await send(token, { host: "theirs-1" })).status).toBe(201);
    expect((await send(ours.token, { host: "ours-1" })).status).toBe(400);
    expect((await POST(request("POST", { ...wish, ...hosts }))).status).toBe(400);
  });
});

describe("a deployment token that is good no more, or never was", () => {
  it("says to its holder why", async () => {
    const late = await make({ name: "late" });
    await expire(late.id);
    const expired = await send(late.token);
    expect(expired.status).toBe(410);
    expect(await expired.json()).toMatchObject({
      detail: "This deployment token has expired. Ask for a new one.",
    });
    expect((await list()).find(({ id }) => id === late.id)).toMatchObject({ state: "expired" });
    const deleted = await make({ name: "gone" });
    await remove(deleted.id);
    const gone = await send(deleted.token);
    expect(gone.status).toBe(410);
    expect(await gone.json()).toMatchObject({
      detail: "This deployment token was deleted. Ask for a new one.",
    });
    const told = (await auditOf("gone")).at(-1);
    expect(told).toMatchObject({ event: "deploymenttoken:pairing-failed", initiator: "web-1" });
  });

  it("says the same to every stranger", async () => {
    const { token } = await make();
    const other = newToken("dbk_").token;
    const texts = await Promise.all(
      [newToken("dbd_").token, `${token}x`, token.slice(0, -1), token.toLowerCase(), other, "x", ""].map(
        async (text) => {
          const answer = await send(text);
          return `${answer.status} ${await answer.text()} ${JSON.stringify([...answer.headers])}`;
        },
      ),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/^401 /);
  });

  it("is nothing in the address, in a cookie or in another header", async () => {
    const { token } = await make();
    const ways = [
      new Request(`${origin}/pair?token=${token}`, { method: "POST" }),
      new Request(`${origin}/pair`, { method: "POST", headers: { cookie: `daybook.session=${token}` } }),
      new Request(`${origin}/pair`, { method: "POST", headers: { "x-access-token": token } }),
      new Request(`${origin}/pair`, { method: "POST", headers: { cookie: cookies["admin"] ?? "" } }),
    ];
    for (const way of ways) expect((await pair(way)).status).toBe(401);
  });

  it("makes an address wait that guesses, and no other", async () => {
    const { token } = await make({ hosts: 2 });
    const { guesses } = deploymentLimits.failures;
    for (let guess = 0; guess <= guesses; guess++) {
      const answer = await send(newToken("dbd_").token, { address: "203.0.113.5" });
      expect(answer.status).toBe(401);
    }
    const locked = await send(token, { host: "throttled-1", address: "203.0.113.5" });
    expect(locked.status).toBe(429);
    expect(locked.headers.get("retry-after")).toBe("900");
    expect((await send(token, { host: "throttled-1", address: "203.0.113.6" })).status).toBe(201);
  });
});
