import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatColumns, suggestColumns } from "@/lib/audit-import/columns.ts";
import { pool } from "@/lib/db/client.ts";
import { handleIngest } from "@/lib/ingest/server/http.ts";
import { lines } from "@/lib/ingest/server/test-source.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
import { type TestClient, testClient } from "./test-client.ts";
import { faults } from "./test-document.ts";
import { records, time } from "./test-records.ts";

let client: TestClient;
beforeAll(async () => {
  client = await testClient();
});
afterAll(() => client.remove());

const nowhere = "0193a4c2-8f3a-7c10-8a51-5be0a0d3c902";

describe("the document tells the truth about", () => {
  it("the caller, saved views and exports", async () => {
    await client.check("/api/v1/me", {});
    const saved = { log: "commands", name: "mine", query: "user=ann" };
    const { id } = (await client.check("/api/v1/saved-views", { method: "POST", body: saved }, 201)) as {
      id: string;
    };
    await client.check("/api/v1/saved-views", { query: "?log=commands" });
    await client.check("/api/v1/saved-views", {});
    await client.check("/api/v1/saved-views", { query: "?log=x" }, 400);
    await client.check("/api/v1/saved-views", { method: "POST", body: { log: "x" } }, 400);
    await client.check("/api/v1/saved-views/{id}", { method: "DELETE", params: { id } }, 204);
    await client.check("/api/v1/saved-views/{id}", { method: "DELETE", params: { id } }, 404);
    await client.check("/api/v1/exports/{id}", { params: { id: nowhere } }, 404);
  });

  it("audit logs that are imported", async () => {
    const path = "/api/v1/audit-log/import";
    const row = {
      Id: nowhere,
      TenantId: nowhere,
      Timestamp: time,
      WorkflowId: nowhere,
      WorkflowType: "scope:create",
      EventType: "scope:created",
      Initiator: "ann",
      InitiatorType: "tenant-user",
      OperationStatus: "success",
    };
    const columns = formatColumns(suggestColumns(Object.keys(row)));
    const file = (cells: object) => `${Object.keys(row).join(",")}\n${Object.values(cells).join(",")}\n`;
    const query = `?file=a.csv&columns=${columns}`;
    const method = "POST";
    await client.check(path, { method, query: `${query}&check=true`, body: file({ ...row, Id: "x" }) });
    await client.check(path, { method, query: `${query}&check=false`, body: file(row) });
    await client.check(path, { method, query, body: file({ ...row, Initiator: "bob" }) }, 409);
    await client.check(path, { method, query: "?file=&columns=1", body: file(row) }, 400);
    await client.check(path, { method, query: `${query}&colour=red`, body: file(row) }, 400);
    await client.check(path, { method, query, body: {} }, 415);
    await client.check(path, { method, query, body: file(row), as: "member" }, 403);
  });

  it("identity providers and their provisioning tokens", async () => {
    const path = "/api/v1/identity-providers";
    const body = {
      name: "One",
      kind: "k1",
      issuer: "https://login.example.org",
      clientId: "a",
      clientSecret: "b",
    };
    const { id } = (await client.check(path, { method: "POST", body }, 201)) as { id: string };
    await client.check(path, { method: "POST", body }, 409);
    await client.check(path, { method: "POST", body: { ...body, issuer: "http://login.example.org" } }, 400);
    const above = { ...body, name: "Two", accountRole: "admin" };
    await client.check(path, { method: "POST", body: above }, 400);
    const { clientSecret: _, ...change } = { ...body, name: "Renamed", reason: "a better name" };
    await client.check(`${path}/{id}`, { method: "PUT", params: { id }, body: change });
    await client.check(`${path}/{id}`, { method: "PUT", params: { id: nowhere }, body: change }, 404);
    await client.check(`${path}/{id}`, { params: { id } });
    await client.check(`${path}/test`, { method: "POST", body: { issuer: "https://127.0.0.1:1" } });
    const token = `${path}/{id}/provisioning-token`;
    await client.check(token, { method: "POST", params: { id } }, 201);
    await client.check(path, {});
    await client.check(token, { method: "DELETE", params: { id }, query: "?reason=over" }, 204);
    await client.check(token, { method: "DELETE", params: { id }, query: "?reason=over" }, 409);
    await client.check(`${path}/{id}`, { method: "DELETE", params: { id } }, 400);
    await client.check(`${path}/{id}`, { method: "DELETE", params: { id }, query: "?reason=over" }, 204);
  });

  it("API tokens", async () => {
    const body = { name: "robot", scopes: ["logs:read"], expiresInDays: 7 };
    const { id } = (await client.check("/api/v1/tokens", { method: "POST", body }, 201)) as { id: string };
    await client.check("/api/v1/tokens", { method: "POST", body: { ...body, expiresInDays: null } }, 201);
    await client.check("/api/v1/tokens", { method: "POST", body: { ...body, name: "" } }, 400);
    await client.check("/api/v1/tokens/{id}", { method: "DELETE", params: { id } }, 204);
    await client.check("/api/v1/tokens/{id}", { method: "DELETE", params: { id } }, 409);
    await client.check("/api/v1/tokens", {});
  });

  it("sources, their quarantine, targets and spaces", async () => {
    const body = { name: "audit", kind: "native", settings: { cluster: "prod" } };
    const { id } = (await client.check("/api/v1/sources", { method: "POST", body }, 201)) as { id: string };
    await client.check("/api/v1/sources", { method: "POST", body }, 409);
    await client.check("/api/v1/sources", { method: "POST", body: { ...body, kind: "x" } }, 400);
    await client.check(
      "/api/v1/sources/{id}/token",
      { method: "POST", params: { id }, body: { reason: "lost" } },
      201,
    );
    await client.check(
      "/api/v1/sources/{id}",
      { method: "PATCH", params: { id }, body: { disabled: true } },
      204,
    );
    await client.native.post(lines([{ log: "commands", id: "bad" }]));
    await client.check("/api/v1/sources", {});
    await client.check("/api/v1/sources", { as: "member" }, 403);
    await client.check("/api/v1/sources/live", {});
    const held = (await client.check("/api/v1/sources/{id}/quarantine", {
      params: { id: client.native.id },
    })) as {
      records: { id: string }[];
    };
    const params = { id: client.native.id, record: held.records[0]?.id ?? "" };
    const quarantine = "/api/v1/sources/{id}/quarantine/{record}";
    await client.check(quarantine, { method: "POST", params, body: { action: "replay" } }, 409);
    await client.check(quarantine, { method: "POST", params, body: { action: "dismiss", reason: "noise" } });
    await client.check(quarantine, { method: "POST", params, body: { action: "dismiss" } }, 404);
    for (const [list, one] of [
      ["targets", "targets"],
      ["spaces", "spaces"],
    ] as const) {
      const page = (await client.check(`/api/v1/${list}`, {})) as { [list: string]: { id: string }[] };
      const [first] = page[list] ?? [];
      const change = { method: "PATCH", body: { description: "The first." } };
      await client.check(`/api/v1/${one}/{id}`, { ...change, params: { id: first?.id ?? "" } }, 204);
      await client.check(`/api/v1/${one}/{id}`, { ...change, params: { id: nowhere } }, 404);
    }
  });

  it("client certificates", async () => {
    const body = { name: "hosts", kind: "sudo" };
    const { id } = (await client.check("/api/v1/sources", { method: "POST", body }, 201)) as { id: string };
    const all = "/api/v1/sources/{id}/certificates";
    const one = `${all}/{certificate}`;
    const issue = { method: "POST", params: { id }, body: { name: "web-1" } };
    const first = (await client.check(all, issue, 201)) as { id: string };
    await client.check(all, { ...issue, body: { name: "web 1" } }, 400);
    await client.check(all, { ...issue, params: { id: client.native.id } }, 409);
    const params = { id, certificate: first.id };
    await client.check(one, { method: "POST", params, body: { days: 30, reason: "due" } }, 201);
    await client.check(one, { method: "POST", params, body: {} }, 409);
    await client.check(one, { method: "DELETE", params }, 400);
    await client.check(one, { method: "DELETE", params, query: "?reason=lost" }, 204);
    await client.check(one, { method: "DELETE", params, query: "?reason=lost" }, 409);
    await client.check(one, { method: "POST", params: { id, certificate: nowhere }, body: {} }, 404);
    await client.check(all, { params: { id } });
    await client.check(all, { params: { id: nowhere } }, 404);
  });

  it("users", async () => {
    const all = "/api/v1/users";
    const body = { email: "new@example.org", name: "New", role: "auditor" };
    const made = (await client.check(all, { method: "POST", body }, 201)) as { id: string };
    await client.check(all, { method: "POST", body }, 409);
    await client.check(all, { method: "POST", body: { ...body, email: "x" } }, 400);
    await client.check(all, { as: "member" }, 403);
    await client.check(all, { query: "?role=auditor&match=new" });
    await client.check(all, { query: "?role=king" }, 400);
    const params = { id: made.id };
    const one = `${all}/{id}`;
    await client.check(one, { params });
    await client.check(one, { params: { id: nowhere } }, 404);
    await client.check(`${one}/invitation`, { method: "POST", params }, 201);
    await client.check(`${one}/invitation`, { method: "POST", params: { id: nowhere } }, 404);
    const change = { method: "PATCH", params, body: { version: 2, name: "Newer" } };
    await client.check(one, change);
    await client.check(one, change, 409);
    await client.check(one, { ...change, body: { version: 3 } }, 400);
    await client.check(one, { method: "DELETE", params, query: "?version=3" }, 400);
    await client.check(one, { method: "DELETE", params, query: "?version=1&reason=left" }, 409);
    await client.check(one, { method: "DELETE", params, query: "?version=3&reason=left" });
  });

  it("groups, and who may see what", async () => {
    const all = "/api/v1/groups";
    const body = { name: "Operators", spaces: ["platform"], targets: ["web-1"] };
    const { id } = (await client.check(all, { method: "POST", body }, 201)) as { id: string };
    await client.check(all, { method: "POST", body }, 409);
    await client.check(all, { method: "POST", body: { name: "", spaces: ["a", "a"] } }, 400);
    await client.check(all, {});
    await client.check(all, { as: "member" }, 403);
    const one = `${all}/{id}`;
    const params = { id };
    await client.check(one, { params });
    await client.check(one, { params: { id: nowhere } }, 404);
    const change = { method: "PATCH", params, body: { version: 1, description: "On call" } };
    await client.check(one, change);
    await client.check(one, change, 409);
    await client.check(one, { ...change, body: {} }, 400);
    const { id: member } = await client.installation.addUser("auditor", { email: "audit@example.org" });
    const join = { method: "POST", params, body: { user: "audit@example.org" } };
    await client.check(`${one}/members`, join);
    await client.check(`${one}/members`, join, 409);
    await client.check(`${one}/members`, { ...join, body: { user: nowhere } }, 404);
    await client.check("/api/v1/access", {});
    await client.check("/api/v1/access", { query: `?group=${id}&space=platform&role=auditor` });
    await client.check("/api/v1/access", { query: "?role=king" }, 400);
    await client.check("/api/v1/access", { as: "member" }, 403);
    const leave = { method: "DELETE", params: { id, user: member } };
    await client.check(`${one}/members/{user}`, leave);
    await client.check(`${one}/members/{user}`, leave, 404);
    const scope = { method: "PUT", params: { id: member }, body: { globalScope: false, groupIds: [id] } };
    await client.check("/api/v1/users/{id}/scope", scope, 204);
    await client.check("/api/v1/users/{id}/scope", { ...scope, body: {} }, 400);
    await client.check("/api/v1/users/{id}/scope", { ...scope, params: { id: nowhere } }, 404);
    await client.check("/api/v1/access", { query: "?match=audit@" });
    await client.check(one, { method: "DELETE", params }, 400);
    await client.check(one, { method: "DELETE", params, query: "?reason=over" }, 204);
  });

  it("shared sessions", async () => {
    const { installation, native } = client;
    const recording = await testRecording(installation.organizationId, native.id, {
      word: "shared",
      user: "ann",
      target: "web-2",
      time,
    });
    const found = (await client.check("/api/v1/recordings/{id}", { params: { id: recording } })) as {
      connectionId: string;
    };
    const auditor = await installation.addUser("auditor");
    const params = { id: found.connectionId };
    const all = "/api/v1/connections/{id}/shares";
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const wish = { method: "POST", params, body: { userId: auditor.id, reason: "audit", until } };
    const { id } = (await client.check(all, wish, 201)) as { id: string };
    await client.check(all, wish, 409);
    await client.check(all, { ...wish, body: { ...wish.body, until: "soon" } }, 400);
    await client.check(all, { params });
    await client.check(all, { params: { id: nowhere } }, 404);
    await client.check(all, { params, as: "member" }, 403);
    const one = { method: "DELETE", params: { ...params, share: id }, query: "?reason=over" };
    await client.check(`${all}/{share}`, { ...one, query: "" }, 400);
    await client.check(`${all}/{share}`, one, 204);
    await client.check(`${all}/{share}`, one, 409);
    await client.check(`${all}/{share}`, { ...one, params: { ...params, share: nowhere } }, 404);
  });

  it("deployment tokens", async () => {
    const all = "/api/v1/deployment-tokens";
    const body = { name: "hosts", kind: "native", settings: { cluster: "prod" }, expiresInHours: 1 };
    const { id } = (await client.check(all, { method: "POST", body }, 201)) as { id: string };
    await client.check(all, { method: "POST", body: { ...body, hosts: 0 } }, 400);
    await client.check(all, { method: "POST", body, as: "member" }, 403);
    await client.check(all, {});
    const one = { method: "DELETE", params: { id } };
    await client.check(`${all}/{id}`, one, 400);
    await client.check(`${all}/{id}`, { ...one, query: "?reason=over" }, 204);
    await client.check(`${all}/{id}`, { ...one, query: "?reason=over" }, 404);
    await client.check("/api/v1/pair", { method: "POST", body: { host: "web-1" } }, 401);
  });

  it("sessions at Border0's addresses", async () => {
    const { organizationId } = client.installation;
    const wish = { word: "replayed", user: "ann", target: "web-3", time };
    const recording = await testRecording(organizationId, client.native.id, wish);
    const found = await pool().query<{ id: string; target: string }>(
      `UPDATE recordings r SET connection_id = c.id FROM connections c
       WHERE r.id = $2 AND c.organization_id = $1 AND c.kind = 'ssh' RETURNING c.id, c.target`,
      [organizationId, recording],
    );
    const [{ id, target: socket }] = found.rows as [{ id: string; target: string }];
    const params = { socket, id };
    const one = "/api/v1/session/{socket}/{id}";
    const log = (await client.check(one, { params })) as { recordings: { recording_id: string }[] };
    expect(log.recordings.map(({ recording_id }) => recording_id)).toContain(recording);
    await client.check(one, { params: { ...params, socket: "elsewhere" } }, 404);
    await client.check(one, { params: { ...params, id: nowhere } }, 404);
    const end = { method: "PUT", params, body: { killed: true, reason: "over" } };
    await client.check(one, end, 409);
    await client.check(one, { ...end, params: { ...params, socket: "elsewhere" } }, 404);
    await client.check(one, { ...end, as: "member" }, 403);
    const replay = `${one}/session_log`;
    for (const query of ["", `?recording_id=${recording}`])
      expect(String(await client.check(replay, { params, query }))).toContain("replayed");
    await client.check(replay, { params, query: `?recording_id=${nowhere}` }, 404);
    await client.check(replay, { params, query: "?colour=red" }, 400);
    await client.check(replay, { params: { ...params, socket: "elsewhere" } }, 404);
  });

  it("session recordings", async () => {
    const id = await testRecording(client.installation.organizationId, client.native.id, {
      word: "daybook",
      user: "ann",
      target: "web-1",
      time,
    });
    const params = { id, segment: "0" };
    const one = "/api/v1/recordings/{id}";
    await client.check("/api/v1/recordings", { query: "?user=ann&limit=1" });
    await client.check("/api/v1/recordings", { query: "?colour=red" }, 400);
    await client.check("/api/v1/recordings/people", {});
    for (const match of ["%00", "x".repeat(257)])
      await client.check("/api/v1/recordings/people", { query: `?match=${match}` }, 400);
    const found = (await client.check("/api/v1/recordings/search", { query: "?q=daybook" })) as {
      hits: unknown[];
    };
    expect(found.hits.length).toBeGreaterThan(0);
    for (const query of ["", "?q=%00", "?q=%25"])
      await client.check("/api/v1/recordings/search", { query }, 400);
    await client.check(one, { params });
    await client.check(one, { params: { id: nowhere } }, 404);
    for (const part of ["playback", "player-index", "segments/{segment}", "cast", "text", "original"])
      await client.check(`${one}/${part}`, { params });
    await client.check(`${one}/playback`, { params, query: "?idle=2" });
    await client.check(`${one}/playback`, { params, query: "?idle=x" }, 400);
    await client.check(one, { method: "DELETE", params }, 400);
    await client.check(one, { method: "DELETE", params, query: "?reason=none" }, 204);
    await client.check(one, { params }, 410);
    await client.check("/api/v1/recordings", { query: "?deleted=true" });
  });

  it("asciinema installations", async () => {
    const body = { installId: "0193A4C2-8f3a-4c10-8a51-5be0a0d3c902", name: "laptop" };
    const method = "POST";
    expect(await client.check("/api/v1/devices", { method, body })).toEqual({ state: "claimed" });
    expect(await client.check("/api/v1/devices", { method, body })).toEqual({ state: "mine" });
    await client.check("/api/v1/devices", { method, body, as: "member" }, 409);
    await client.check("/api/v1/devices", { method, body: { ...body, installId: "1" } }, 400);
    const { devices } = (await client.check("/api/v1/devices", {})) as { devices: { id: string }[] };
    const params = { id: devices[0]?.id ?? "" };
    await client.check("/api/v1/devices/{id}", { method: "DELETE", params, query: "?reason=sold" }, 204);
    await client.check("/api/v1/devices/{id}", { method: "DELETE", params, query: "?reason=sold" }, 409);
    await client.check("/api/v1/devices", { method, body }, 409);
  });

  it("itself", async () => {
    const { status, type, text } = await client.send("/api/v1/openapi.json", { as: "nobody" });
    expect([status, type]).toEqual([200, "application/json"]);
    expect(JSON.parse(text)).toEqual(client.document);
  });
});

describe("the document tells the truth about ingestion", () => {
  let server: http.Server;
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      void handleIngest(request, response, { requestId: "r", address: "192.0.2.1" });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => server.close());

  const record = { log: "commands", time, user: "ann", target: "web-1", command: "id" };

  it.each([
    [
      "",
      {},
      lines([
        { ...record, id: "a" },
        { ...record, id: "b", colour: 1 },
      ]),
      200,
    ],
    ["", { "idempotency-key": "k" }, lines([record]), 200],
    ["", {}, lines([record]), 400],
    ["", { authorization: "Bearer none" }, "{}", 401],
    ["/{source}", {}, lines([{ ...record, id: "a" }]), 200],
    ["", { "content-encoding": "br" }, "x", 415],
  ])("posted to native%s with %j", async (suffix, headers, body, status) => {
    const template = `/api/v1/ingest/native${suffix}`;
    const { port } = server.address() as AddressInfo;
    const response = await fetch(
      `http://127.0.0.1:${port}${template.replace("{source}", client.native.id)}`,
      {
        method: "POST",
        headers: {
          authorization: `Bearer ${client.native.token}`,
          "content-type": "application/x-ndjson",
          ...headers,
        },
        body,
      },
    );
    const told = {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      text: await response.text(),
    };
    expect(told.status, told.text).toBe(status);
    const schema = client.described(template, "POST", { ...told, headers: response.headers });
    expect(faults(client.document, schema ?? {}, JSON.parse(told.text))).toEqual([]);
  });

  it("in the records that it takes and refuses", () => {
    const line = { $ref: "#/components/schemas/NativeRecord" };
    for (const sent of records) expect(faults(client.document, line, sent)).toEqual([]);
    for (const wrong of [
      { ...record, colour: "red" },
      { ...record, user: undefined },
      { ...record, log: "connections" },
    ]) {
      expect(faults(client.document, line, wrong)).not.toEqual([]);
    }
  });
});
