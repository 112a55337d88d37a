import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tokenScopes } from "@/lib/auth/roles.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { newToken } from "@/lib/auth/server/tokens.ts";
import { handleIngest } from "@/lib/ingest/server/http.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { type Names, namesOf, slugs } from "@/lib/logs/server/test-names.ts";
import { everythingOf, makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { worldRecords } from "@/lib/logs/server/test-world-records.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { cases, range } from "./test-cases.ts";
import { type Asked, ask, type Endpoint, endpointNamed, endpoints } from "./test-routes.ts";

const found = await endpoints();

let installation: TestInstallation;
let world: TestWorld;
let other: TestWorld;
let names: Names;
let server: Server;
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId, otherOrganizationId } = installation;
  world = await makeWorld(installation, organizationId, "alpha", "2026-11-20T10:00:00.123456Z");
  other = await makeWorld(installation, otherOrganizationId, "bravo", "2026-11-20T10:00:01.123456Z");
  names = await namesOf(world);
  const facts = { requestId: "posted", address: "192.0.2.8" };
  server = createServer((request, response) => void handleIngest(request, response, facts));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await flushAnonymousFailures();
  await installation.remove();
});

const endpointOf = (name: string): Endpoint => endpointNamed(found, name);

async function tokenWith(scopes: readonly string[], owner: "superuser" | "member"): Promise<string> {
  const headers = { cookie: world.cookies[owner] };
  const body = { name: scopes.join(" "), scopes, expiresInDays: 1 };
  const { status, text } = await ask(endpointOf("POST /api/v1/tokens"), { body, headers });
  expect(status).toBe(201);
  return (JSON.parse(text) as { token: string }).token;
}

/** Whether a token with one scope alone is answered, by route and log. */
function mayRead(scope: string, { name }: Endpoint, { params, query, body }: Asked): boolean {
  const log = JSON.stringify([params, query, body]).includes("audit-log") ? "audit-log" : params?.["log"];
  // These need another scope beside what reads: exports:create, or for a replay the recordings beside the logs.
  if (name.endsWith("/export") || name.endsWith("/archive") || name.endsWith("/session_log")) return false;
  if (/^GET \/api\/v1\/sessions?\b/.test(name)) return scope.startsWith("logs:");
  if (name === "GET /api/v1/workflows") return scope === "audit-log:read";
  if (/^PUT \/api\/v1\/sessions?\//.test(name)) return scope === "sessions:end";
  if (name.startsWith("GET /api/v1/recordings")) return scope.startsWith("recordings:");
  if (/saved-views|\/logs\//.test(name) && !name.includes("saved-views/[id]")) {
    return log === "audit-log" ? scope === "audit-log:read" : scope.startsWith("logs:");
  }
  return /me$|openapi|exports|saved-views\/\[id\]/.test(name);
}

describe.each(tokenScopes)("a token that may %s", (scope) => {
  const served = found.filter(({ name }) => name.includes("/api/v1/") && name !== "POST /api/v1/pair");
  it.each(served)("does that at $name, and nothing else", async (endpoint) => {
    const headers = { authorization: `Bearer ${await tokenWith([scope], "superuser")}` };
    const given = endpoint.route.includes("[log]")
      ? slugs.map((log) => ({ params: { log, key: names.keys[log] } }))
      : (cases[endpoint.name]?.(names, names) ?? []);
    for (const asked of given.length > 0 ? given : [{}]) {
      const { status, text } = await ask(endpoint, { ...asked, headers, plain: true });
      const may = mayRead(scope, endpoint, asked);
      expect(status === 403, `${JSON.stringify(asked)}: ${status} ${text}`).toBe(!may);
      expect(status, text).toBeLessThan(500);
    }
  });
});

describe("scopes and the owner's role together decide", () => {
  const users = async (scopes: readonly string[], owner: "superuser" | "member"): Promise<string[]> => {
    const headers = { authorization: `Bearer ${await tokenWith(scopes, owner)}` };
    const list = endpointOf("GET /api/v1/logs/[log]");
    const { text } = await ask(list, { params: { log: "commands" }, headers });
    const { rows } = JSON.parse(text) as { rows: { user: string }[] };
    return rows.map(({ user }) => user).sort();
  };

  it("own rows are the owner's", async () => {
    expect(await users(["logs:read"], "superuser")).toEqual(["alpha person", "member@alpha.example"]);
    expect(await users(["logs:read-own"], "superuser")).toEqual([]);
    expect(await users(["logs:read-own"], "member")).toEqual(["member@alpha.example"]);
  });

  it("the audit log has no own rows: whoever may read it reads it whole", async () => {
    const headers = {
      authorization: `Bearer ${await tokenWith(["audit-log:read", "exports:create"], "superuser")}`,
    };
    for (const name of ["GET /api/v1/logs/[log]", "GET /api/v1/logs/[log]/export"]) {
      const { status, text } = await ask(endpointOf(name), {
        params: { log: "audit-log" },
        query: range,
        headers,
      });
      expect(status, text).toBe(200);
      expect(text).toContain("alpha says");
    }
  });

  it("an export takes both the right to read and the right to export", async () => {
    const both = {
      authorization: `Bearer ${await tokenWith(["logs:read-own", "exports:create"], "member")}`,
    };
    const exporting = endpointOf("GET /api/v1/logs/[log]/export");
    const { status, text } = await ask(exporting, { params: { log: "commands" }, headers: both });
    expect(status).toBe(200);
    expect(text).toContain("member@alpha.example");
    expect(text).not.toContain("alpha person");
    const one = { authorization: `Bearer ${await tokenWith(["exports:create"], "superuser")}` };
    expect((await ask(exporting, { params: { log: "commands" }, headers: one })).status).toBe(403);
  });
});

describe("records come in with the token of their source alone", () => {
  const body = lines(worldRecords("alpha", ["intruder"], "2026-11-20T12:00:00Z"));
  async function post(path: string, headers: { [name: string]: string }, method = "POST") {
    const { port } = server.address() as AddressInfo;
    const init = { method, headers, ...(method === "POST" && { body }) };
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/ingest/${path}`, init);
    const text = (await response.text()).replace(/"requestId":"[^"]+"/, "");
    return { status: response.status, text };
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it("every other credential is refused, and nothing is stored", async () => {
    const before = await everythingOf(world.organizationId);
    const stopped = await testSource(other.organizationId, "native");
    const endpoint = endpointOf("PATCH /api/v1/sources/[id]");
    const headers = { cookie: other.cookies.superuser };
    await ask(endpoint, { params: { id: stopped.id }, body: { disabled: true }, headers });
    const refused: { [what: string]: { [name: string]: string } } = {
      nothing: {},
      "an API token": bearer(newToken("dbk_").token),
      "a token that nobody has": bearer(newToken("dbs_").token),
      "a stopped source's token": bearer(stopped.token),
      "a cookie": { cookie: world.cookies.superuser },
      "a token that is cut": bearer(world.source.token.slice(0, -1)),
      "two tokens": bearer(`${world.source.token}, Bearer ${world.source.token}`),
      "a password": { authorization: `Basic ${Buffer.from(`:${world.source.token}`).toString("base64")}` },
    };
    for (const [what, credential] of Object.entries(refused)) {
      expect((await post("native", credential)).status, what).toBe(401);
      expect((await post(`native/${world.source.id}`, credential)).status, what).toBe(401);
    }
    expect((await post(`native?token=${world.source.token}`, {})).status).toBe(401);
    expect(await everythingOf(world.organizationId)).toBe(before);
  });

  it("a token posts for its own source and kind, and cannot tell whether there is another", async () => {
    const credential = bearer(world.source.token);
    const theirs = await post(`native/${other.source.id}`, credential);
    const nobodys = await post(`native/${crypto.randomUUID()}`, credential);
    expect(theirs.status).toBe(403);
    expect(theirs).toEqual(nobodys);
    expect((await post("sudo", credential)).status).toBe(403);
    for (const path of [
      "",
      "nothing",
      "constructor",
      "__proto__",
      "native/a/b",
      "..%2fnative",
      "native%2f",
    ]) {
      expect((await post(path, credential)).status, path).toBe(404);
    }
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      expect((await post("native", credential, method)).status, method).toBe(405);
    }
  });

  it("what is posted lies in the source's organization, whatever the records say", async () => {
    const before = await everythingOf(other.organizationId);
    const claims = {
      organizationId: other.organizationId,
      organization_id: other.organizationId,
      sourceId: other.source.id,
    };
    const record = {
      log: "commands",
      id: "claims",
      time: "2026-11-20T12:30:00Z",
      user: "u",
      target: "t",
      command: "c",
    };
    const result = await world.source.post(
      lines([
        { ...record, ...claims },
        { ...record, id: "plain" },
      ]),
    );
    expect(result).toEqual({ accepted: 1, duplicates: 0, quarantined: 1, skipped: 0 });
    expect(await everythingOf(other.organizationId)).toBe(before);
  });
});
