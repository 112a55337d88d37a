import { randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { claimDevice } from "@/lib/recordings/server/devices.ts";
import { findRecording } from "@/lib/recordings/server/list.ts";
import { connectionsPath, handleConnections } from "@/lib/recordings/server/open-connection.ts";
import { handleUpload } from "@/lib/recordings/server/upload.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { type Kill, killLimits } from "../kill.ts";
import { handleKills, killsPath } from "./http.ts";
import { killEndsOf, requestKill } from "./request.ts";
import { KillReader } from "./test-kill-reader.ts";
import { settleOverdueKills } from "./watch.ts";

let installation: TestInstallation;
let source: TestSource;
let other: TestSource;
let admin: Principal;
let url: string;
const stopping = new AbortController().signal;
const server = http.createServer((request, response) => {
  const context = { requestId: "test", address: "192.0.2.1", stopping };
  const whole = { ...context, pass: async () => undefined, outliveRequest: () => undefined };
  if (request.url?.startsWith(killsPath)) void handleKills(request, response, whole);
  else if (request.url?.startsWith(connectionsPath)) void handleConnections(request, response, whole);
  else void handleUpload(request, response, context);
});
const readers: KillReader[] = [];

beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId } = installation;
  source = await testSource(organizationId, "recordings");
  other = await testSource(organizationId, "recordings");
  const { sessionId } = await installation.login(await installation.addUser("admin"));
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("The admin is nobody");
  admin = principal;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await flushAnonymousFailures();
  await installation.remove();
});

type Answer = { status: number; body: Record<string, unknown> };

async function post(
  place: string,
  fields: { [name: string]: string },
  authorization?: string,
): Promise<Answer> {
  const response = await fetch(`${url}${place}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { authorization: authorization ?? `Bearer ${source.token}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function listen(query = "", headers: { [name: string]: string } = {}): Promise<KillReader> {
  const reader = new KillReader();
  readers.push(reader);
  await reader.open(`${url}${killsPath}${query}`, { authorization: `Bearer ${source.token}`, ...headers });
  return reader;
}

async function openConnection(user = "ann@example.org", authorization?: string): Promise<string> {
  const fields = { user, target: "web-1", targetUser: "root", clientAddress: "203.0.113.7", space: "" };
  const { status, body } = await post(connectionsPath, fields, authorization);
  expect(status, JSON.stringify(body)).toBe(201);
  return String(body["id"]);
}

async function connectionOf(id: string) {
  const found = await pool().query(
    "SELECT status, cause, user_name, client_address FROM connections WHERE id = $1",
    [id],
  );
  return found.rows[0];
}

const report = (kill: Pick<Kill, "id">, state: string, authorization?: string, more = {}): Promise<Answer> =>
  post(`${killsPath}/${kill.id}`, { state, ...more }, authorization);

describe("a source that listens for kills", () => {
  it("is told of one within its connections, acknowledges it and reports the end", async () => {
    const id = await openConnection();
    expect(await connectionOf(id)).toMatchObject({ status: "opened", client_address: "203.0.113.7" });
    const reader = await listen();
    const stranger = await listen("", { authorization: `Bearer ${other.token}` });
    expect(await killEndsOf(admin.organizationId, id)).toBe("source");
    const kill = await requestKill(admin, id, "wrong\u0007 host");
    expect(kill.state).toBe("requested");
    const told = await reader.next();
    expect(told).toMatchObject({
      id: kill.id,
      connectionId: id,
      user: "ann@example.org",
      reason: "wrong\u0007 host",
      message: `This session was ended by ${admin.email}: wrong  host`,
    });
    expect((await report(kill, "acknowledged")).body).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: source.name,
    });
    expect((await connectionOf(id))?.status).toBe("opened");
    expect((await report(kill, "ended")).body).toMatchObject({ state: "ended", settledBy: source.name });
    expect(await connectionOf(id)).toMatchObject({ status: "closed", cause: `ended by ${admin.email}` });
    // Reported again, it is the same; reported otherwise, it is refused.
    expect((await report(kill, "ended")).status).toBe(200);
    expect((await report(kill, "failed")).status).toBe(409);
    const events = await pool().query(
      "SELECT cause, convert_from(raw, 'UTF8')::json->'kill' AS kill FROM connection_events WHERE connection_id = $1 AND event = 'closed'",
      [id],
    );
    expect(events.rows).toMatchObject([
      { cause: `ended by ${admin.email}`, kill: { requestedBy: admin.email, endedBy: source.name } },
    ]);
    expect(stranger.kills).toEqual([]);
    expect(await killEndsOf(admin.organizationId, id)).toBeNull();
  });

  it("is told when it comes back, from where it was", async () => {
    const first = await openConnection();
    const second = await openConnection();
    await (await listen()).close();
    const kills = [await requestKill(admin, first, "one"), await requestKill(admin, second, "two")];
    const all = await listen();
    expect([await all.next(), await all.next()].map(({ id }) => id)).toEqual(kills.map(({ id }) => id));
    const rest = await listen("", { "last-event-id": String(all.ids[0]) });
    expect((await rest.next()).id).toBe(kills[1]?.id);
    const one = await listen(`?connection=${second}`);
    expect((await one.next()).id).toBe(kills[1]?.id);
    for (const kill of kills) await report(kill, "ended");
    const none = await listen();
    const third = await requestKill(admin, await openConnection(), "three");
    expect((await none.next()).id).toBe(third.id);
    expect(one.kills).toHaveLength(1);
    await report(third, "failed", undefined, { detail: "the process is stuck" });
    const failed = await pool().query("SELECT outcome, detail FROM kills WHERE id = $1", [third.id]);
    expect(failed.rows).toEqual([{ outcome: "failed", detail: "the process is stuck" }]);
    // Its end may be asked for again.
    expect((await requestKill(admin, third.connectionId, "once more")).state).toBe("requested");
  });

  it("sees its connection end by its own words: the cause is still who ended it", async () => {
    const id = await openConnection();
    const reader = await listen(`?connection=${id}`);
    const kill = await requestKill(admin, id, "policy");
    await reader.next();
    await report(kill, "acknowledged");
    expect(
      (await post(`${connectionsPath}/${id}/events`, { event: "closed", cause: "hung up" })).status,
    ).toBe(201);
    expect(await connectionOf(id)).toMatchObject({ status: "closed", cause: "hung up" });
    await settleOverdueKills();
    expect(await connectionOf(id)).toMatchObject({ status: "closed", cause: `ended by ${admin.email}` });
    expect((await report(kill, "ended")).body).toMatchObject({ state: "ended", settledBy: "Daybook" });
  });

  it("cannot be told of what it never listened for", async () => {
    const silent = await testSource(installation.organizationId, "recordings");
    const id = await openConnection("bob@example.org", `Bearer ${silent.token}`);
    expect(await killEndsOf(admin.organizationId, id)).toBeNull();
    await expect(requestKill(admin, id, "x")).rejects.toMatchObject({ status: 409 });
  });

  it("hears no more within moments of its token's end", async () => {
    const short = await testSource(installation.organizationId, "native");
    const reader = await listen("", { authorization: `Bearer ${short.token}` });
    await pool().query("UPDATE sources SET disabled_at = now() WHERE id = $1", [short.id]);
    await reader.ended;
  });

  it.each([
    ["?connection=3", {}, 400],
    ["?user=ann", {}, 400],
    ["", { "last-event-id": "x" }, 400],
    ["", { authorization: "Bearer nonsense" }, 401],
    ["", { authorization: "" }, 401],
  ])("is refused %s %j", async (query, headers, status) => {
    const response = await fetch(`${url}${killsPath}${query}`, {
      headers: { authorization: `Bearer ${source.token}`, ...headers },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    await response.text();
  });

  it("reports only what is its own, and only what makes sense", async () => {
    const id = await openConnection();
    await listen();
    const kill = await requestKill(admin, id, "mine");
    expect((await report(kill, "ended", `Bearer ${other.token}`)).status).toBe(404);
    expect((await report({ id: randomUUID() }, "ended")).status).toBe(404);
    expect((await report({ id: "3" }, "ended")).status).toBe(404);
    expect((await report(kill, "undelivered")).status).toBe(400);
    expect((await report(kill, "ended", undefined, { detail: "x" })).status).toBe(400);
    expect((await report(kill, "failed", undefined, { detail: "x".repeat(501) })).status).toBe(400);
    expect((await report(kill, "ended", undefined, { more: "x" })).status).toBe(400);
    expect(
      (await fetch(`${url}${killsPath}/${kill.id}`, { headers: { authorization: `Bearer ${source.token}` } }))
        .status,
    ).toBe(405);
  });

  it("leaves a user event of its own for each request", async () => {
    const found = await pool().query(
      "SELECT DISTINCT action, actor_type, actor_id FROM user_events WHERE organization_id = $1 AND actor_id = $2 AND action <> 'ingest.post' ORDER BY action",
      [installation.organizationId, source.id],
    );
    const actor = { actor_type: "source", actor_id: source.id };
    expect(found.rows).toEqual([
      { action: "connection.tell", ...actor },
      { action: "kills.listen", ...actor },
      { action: "kills.report", ...actor },
    ]);
  });
});

describe("a device that listens", () => {
  it("is told of its person's connections alone", async () => {
    const person = await installation.addUser("member");
    const { sessionId } = await installation.login(person);
    const principal = await principalOfSession(sessionId, new Headers());
    if (!principal) throw new Error("The member is nobody");
    expect(allows(principal, "sessions:end")).toBe(false);
    const devices: string[] = [];
    for (const who of [principal, admin]) {
      const installId = randomUUID();
      await claimDevice(who, { installId, name: `laptop of ${who.email}` });
      devices.push(`Basic ${Buffer.from(`x:${installId}`).toString("base64")}`);
    }
    const [mine = "", theirs = ""] = devices;
    const refused = await post(connectionsPath, { user: "bob@example.org" }, mine);
    expect(refused).toMatchObject({ status: 400 });
    const { body } = await post(connectionsPath, { kind: "ssh" }, mine);
    const id = String(body["id"]);
    expect((await connectionOf(id))?.user_name).toBe(person.email);
    const own = await listen("", { authorization: mine });
    const foreign = await listen("", { authorization: theirs });
    const kill = await requestKill(admin, id, "lost laptop");
    expect((await own.next()).id).toBe(kill.id);
    expect((await report(kill, "ended", theirs)).status).toBe(404);
    expect((await post(`${connectionsPath}/${id}/events`, { event: "closed" }, theirs)).status).toBe(404);
    expect((await report(kill, "ended", mine)).status).toBe(200);
    expect(foreign.kills).toEqual([]);
  });

  it("takes no room from the devices of others", async () => {
    const [crowd, alone] = [randomUUID(), randomUUID()];
    for (const installId of [crowd, alone]) {
      const { sessionId } = await installation.login(await installation.addUser("member"));
      const principal = await principalOfSession(sessionId, new Headers());
      if (!principal) throw new Error("The member is nobody");
      await claimDevice(principal, { installId, name: "laptop" });
    }
    const credential = (installId: string) => ({
      authorization: `Basic ${Buffer.from(`x:${installId}`).toString("base64")}`,
    });
    for (let count = 0; count < killLimits.streams; count++) await listen("", credential(crowd));
    const refused = await fetch(`${url}${killsPath}`, { headers: credential(crowd) });
    expect(refused.status).toBe(429);
    await refused.text();
    await listen("", credential(alone));
  });
});

describe("a recording of an open connection", () => {
  async function upload(fields: { [name: string]: string }, authorization?: string): Promise<Answer> {
    const cast = `{"version":2,"width":80,"height":24}\n[0.5,"o","${fields["connection"]} ${randomUUID()}\\r\\n"]\n`;
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob([cast]), "session.cast");
    const response = await fetch(`${url}/api/v1/recordings`, {
      method: "POST",
      body: form,
      headers: { authorization: authorization ?? `Bearer ${source.token}` },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it("belongs to it", async () => {
    const connection = await openConnection("eve@example.org");
    await post(`${connectionsPath}/${connection}/events`, {
      event: "closed",
      cause: "ended with exit code 0",
    });
    const { status, body } = await upload({ connection });
    expect(status).toBe(201);
    expect(body["connectionId"]).toBe(connection);
    const scope = { organizationId: installation.organizationId };
    await vi.waitFor(
      async () => {
        expect(await findRecording(scope, String(body["id"]))).toMatchObject({
          state: "ready",
          user: "eve@example.org",
          target: "web-1",
          targetUser: "root",
        });
      },
      { timeout: 60_000, interval: 50 },
    );
    expect(await connectionOf(connection)).toMatchObject({
      status: "closed",
      cause: "ended with exit code 0",
    });
    const count = await pool().query("SELECT count(*)::int AS n FROM connections WHERE user_name = $1", [
      "eve@example.org",
    ]);
    expect(count.rows).toEqual([{ n: 1 }]);
  });

  it("is never put beside another's", async () => {
    const connection = await openConnection();
    const refused = { status: 400, body: { errors: [{ parameter: "connection" }] } };
    expect(await upload({ connection }, `Bearer ${other.token}`)).toMatchObject(refused);
    expect(await upload({ connection: "nonsense" })).toMatchObject(refused);
    const wrong = await upload({ connection, user: "mallory@example.org" });
    expect(wrong).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: "user", reason: "is not who the connection is of" }] },
    });
  });
});

describe("opening a connection", () => {
  it("by the same name opens it once", async () => {
    const fields = { ref: `session ${randomUUID()}`, user: "ann", target: "web-1" };
    const first = await post(connectionsPath, fields);
    const again = await post(connectionsPath, fields);
    expect(again.body).toEqual(first.body);
    expect(await post(connectionsPath, { ...fields, user: "bob" })).toMatchObject({ status: 409 });
  });

  it.each([
    [{ user: "ann" }, 400],
    [{ user: "ann", target: "t", colour: "red" }, 400],
    [{ user: "ann", target: "t", kind: "telnet" }, 400],
    [{ user: "ann", target: "t", clientPort: "70000" }, 400],
    [{ user: "a\0", target: "t" }, 400],
    [{ user: "a".repeat(20_000), target: "t" }, 413],
  ])("is refused %j", async (fields, status) => {
    expect((await post(connectionsPath, fields as { [name: string]: string })).status).toBe(status);
  });

  it("is not for sources whose names come again", async () => {
    const sshd = await testSource(installation.organizationId, "sshd");
    expect(await post(connectionsPath, { user: "a", target: "b" }, `Bearer ${sshd.token}`)).toMatchObject({
      status: 403,
    });
  });
});
