import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { upgrades } from "@/bin/upgrades.mjs";
import type { Principal } from "@/lib/auth/principal.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { nodeRouteFor } from "@/lib/http/node-route-for.mjs";
import type { NodeRequestContext } from "@/lib/http/node-routes.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { patience } from "@/lib/test-time.ts";
import type { RecordingLine } from "../recording-line.ts";
import { claimDevice } from "./devices.ts";
import { findRecording, listRecordings } from "./list.ts";
import { liveSession } from "./stored-session.ts";
import { handleStreams } from "./stream-http.ts";
import { listenForStreams } from "./stream-producers.ts";
import { streamOfToken, streamToken } from "./stream-token.ts";
import { TestAsciinema, TestProducer } from "./test-asciinema.ts";
import { handleUpload } from "./upload.ts";

let installation: TestInstallation;
let source: TestSource;
let server: http.Server;
let url: string;
let admin: Principal;
let ann: TestUser;
const stopping = new AbortController();
const installId = crypto.randomUUID();

beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
  admin = testPrincipal(await installation.addUser("admin"));
  ann = await installation.addUser("member", { email: "ann@example.org" });
  await claimDevice(testPrincipal(ann), { installId, name: "ann's laptop" });
  const facts = { requestId: "test", address: "192.0.2.1" };
  server = http.createServer((request, response) => {
    const ours = nodeRouteFor(request.url ?? "");
    if (ours) void ours(request, response, facts as NodeRequestContext);
    else if (request.url === "/api/v1/recordings") void handleUpload(request, response, facts);
    else void handleStreams(request, response, facts);
  });
  listenForStreams();
  const log = { answered: () => undefined, failed: () => undefined };
  const options = { publicUrl: undefined, isTrusted: () => false, stopping: stopping.signal, log };
  server.on("upgrade", upgrades(options, undefined).listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  stopping.abort();
  server.close();
  await installation.remove();
});

const scope = () => ({ organizationId: installation.organizationId });
const asciinema = () => new TestAsciinema(url, installId);
/** The address of a stream as the test's server has it. */
const here = (address: string) => address.replace("ws://localhost:3000", url.replace("http", "ws"));

async function found(where: (line: RecordingLine) => boolean): Promise<RecordingLine> {
  return await vi.waitFor(
    async () => {
      const line = (await listRecordings(scope(), { limit: 200 })).find(where);
      if (!line) throw new Error("not yet");
      return line;
    },
    { timeout: 60_000, interval: 20 },
  );
}
/** The session that has begun on a target, once something of it is stored; one of an earlier test may be just ending. */
async function live(target: string): Promise<RecordingLine> {
  const line = await found(({ id, state, ...line }) => {
    const stored = liveSession(id)?.storedUs ?? -1;
    return line.target === target && state === "live" && stored >= 0 && !begun.has(id);
  });
  begun.add(line.id);
  return line;
}
const begun = new Set<string>();
const ready = (id: string) => found((line) => line.id === id && line.state === "ready");

async function eventsOf({ connectionId }: RecordingLine): Promise<[event: string, cause: string | null][]> {
  const { rows } = await pool().query<{ event: string; cause: string | null }>(
    "SELECT event, cause FROM connection_events WHERE connection_id = $1 ORDER BY time, event DESC",
    [connectionId],
  );
  return rows.map(({ event, cause }) => [event, cause]);
}

describe("asciinema 3", () => {
  it("uploads a recording as version 3 does", async () => {
    const head = { version: 3, term: { cols: 80, rows: 24, type: "xterm" }, timestamp: 1_763_715_600 };
    const file = [head, [0.1, "o", "hello\r\n"], [0.2, "x", "0"]].map((line) => JSON.stringify(line));
    const { status, body } = await asciinema().upload("demo.cast", Buffer.from(file.join("\n")));
    expect(status).toBe(201);
    expect(body).toMatchObject({ url: expect.any(String), message: expect.any(String) });
    expect(await ready(String(body["id"]))).toMatchObject({ user: ann.email, target: "ann's laptop" });
  });

  it("streams a session from its making to its end", async () => {
    const client = asciinema();
    const stream = await client.createStream();
    expect(Number.isSafeInteger(stream.id)).toBe(true);
    expect(stream.url).toBe("http://localhost:3000/recordings?user=ann%40example.org&live=true");
    expect(stream.ws_producer_url).toMatch(/^ws:\/\/localhost:3000\/ws\/S\/[\w-]+$/);
    const producer = await TestProducer.connect(here(stream.ws_producer_url), { screen: "ann@laptop:~$ " });
    producer.output("uname -a\r\nLinux\r\nann@laptop:~$ ");
    const line = await live("ann's laptop");
    expect(line).toMatchObject({
      user: ann.email,
      title: "on call",
      format: "asciinema",
      killEnds: "stream",
    });
    const listed = await (await client.ask("GET", `/user/streams?prefix=${stream.id}&limit=10`)).json();
    const page = `http://localhost:3000/connections/${line.connectionId}`;
    expect(listed).toMatchObject([{ ...stream, url: page, live: true }]);
    const opened = await pool().query(
      "SELECT client_address FROM connection_events WHERE connection_id = $1 AND event = 'open'",
      [line.connectionId],
    );
    expect(opened.rows).toEqual([{ client_address: "127.0.0.1" }]);
    await producer.end();
    expect((await client.closeStream(stream)).status).toBe(200);
    const whole = await ready(line.id);
    expect(whole).toMatchObject({ durationUs: 1000, commands: 1 });
    expect(await eventsOf(whole)).toEqual([
      ["open", null],
      ["closed", "ended"],
    ]);
    const { rows } = await pool().query("SELECT command, origin FROM commands WHERE connection_id = $1", [
      whole.connectionId,
    ]);
    expect(rows).toEqual([{ command: "uname -a", origin: "inferred" }]);
  });

  it("comes back after a lost connection into the same session", async () => {
    const stream = await asciinema().createStream();
    const first = await TestProducer.connect(here(stream.ws_producer_url));
    first.output("before ");
    const line = await live("ann's laptop");
    first.breakOff();
    await vi.waitFor(async () => expect(await eventsOf(line)).toHaveLength(2), patience);
    const second = await TestProducer.connect(here(stream.ws_producer_url), {
      lastId: 1,
      time: 5000,
      screen: "before ",
    });
    second.output("after");
    await second.end();
    const whole = await ready(line.id);
    expect((await eventsOf(whole)).map(([event]) => event)).toEqual([
      "open",
      "disconnected",
      "connected",
      "closed",
    ]);
  });

  it("that was cut off says at its end that it is over", async () => {
    const client = asciinema();
    const stream = await client.createStream();
    const producer = await TestProducer.connect(here(stream.ws_producer_url));
    producer.output("x");
    const line = await live("ann's laptop");
    expect((await client.closeStream(stream)).status).toBe(200);
    expect(await findRecording(scope(), line.id)).toMatchObject({ state: "live" });
    producer.breakOff();
    expect(await eventsOf(await ready(line.id))).toEqual([
      ["open", null],
      ["closed", "ended"],
    ]);
  });

  it("that was cut off before says so too", async () => {
    const client = asciinema();
    const stream = await client.createStream();
    const producer = await TestProducer.connect(here(stream.ws_producer_url));
    producer.output("x");
    const line = await live("ann's laptop");
    producer.breakOff();
    await vi.waitFor(async () => expect(await eventsOf(line)).toHaveLength(2), patience);
    await client.closeStream(stream);
    expect((await eventsOf(await ready(line.id))).at(-1)).toEqual(["closed", "ended"]);
  });

  it("is told to end with the reason", async () => {
    const stream = await asciinema().createStream();
    const producer = await TestProducer.connect(here(stream.ws_producer_url));
    producer.output("rm -rf /");
    const line = await live("ann's laptop");
    await requestKill(admin, line.connectionId, "not here");
    const { code, reason } = await producer.closed;
    expect(code).toBe(4000);
    expect(reason).toContain("not here");
    expect(await eventsOf(await ready(line.id))).toContainEqual(["closed", `ended by ${admin.email}`]);
  });

  it("may be a program with a source's token that says whose session it is", async () => {
    const client = new TestAsciinema(url, "", `Bearer ${source.token}`);
    const stream = await client.createStream({ user: "bob", target: "web-9", targetUser: "root" });
    const producer = await TestProducer.connect(here(stream.ws_producer_url));
    producer.output("x");
    expect(await live("web-9")).toMatchObject({ user: "bob", targetUser: "root" });
    await producer.end();
  });
});

describe("a stream is refused", () => {
  it("to whom nobody knows, and its fields are named", async () => {
    const stranger = new TestAsciinema(url, crypto.randomUUID());
    const unknown = await stranger.ask("POST", "/streams", { live: true });
    expect(unknown.status).toBe(401);
    expect(await unknown.json()).toMatchObject({ type: "unauthenticated", message: expect.any(String) });
    const client = new TestAsciinema(url, "", `Bearer ${source.token}`);
    const faulty = await client.ask("POST", "/streams", { title: 7, user: "x" });
    expect(faulty.status).toBe(422);
    expect(await faulty.json()).toMatchObject({ type: "validation_failed", details: [{ field: "title" }] });
    const empty = await client.ask("POST", "/streams", {});
    expect(await empty.json()).toMatchObject({ details: [{ field: "user" }, { field: "target" }] });
    expect((await client.ask("GET", "/user/streams?limit=0")).status).toBe(422);
    expect((await client.ask("GET", "/user/streams?prefix=%00")).status).toBe(422);
    expect((await client.ask("PUT", "/streams/7", {})).status).toBe(405);
  });

  it("to others than who made it, and never deleted", async () => {
    const stream = await asciinema().createStream();
    const client = new TestAsciinema(url, "", `Bearer ${source.token}`);
    const answer = await client.ask("PATCH", `/streams/${stream.id}`, { title: "mine" });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ type: "not_found", message: expect.any(String) });
    expect(await (await client.ask("GET", `/user/streams?prefix=${stream.id}`)).json()).toEqual([]);
    expect((await asciinema().ask("DELETE", `/streams/${stream.id}`)).status).toBe(403);
  });

  it("with an address that was guessed or comes from a page in a browser", async () => {
    const { ws_producer_url: address } = await asciinema().createStream();
    const guessed = await TestProducer.connect(
      here(address.replace(/.$/, (last) => (last === "A" ? "B" : "A"))),
    );
    expect(await guessed.closed).toEqual({ code: 4040, reason: "No such stream" });
    const page = new WebSocket(here(address), ["v1.alis"], { headers: { origin: "https://example.net" } });
    await expect(new Promise((_, reject) => page.once("error", reject))).rejects.toThrow("403");
    expect((await fetch(here(address).replace("ws", "http"))).status).toBe(426);
    expect(streamOfToken(streamToken(12))).toBe(12);
    expect(streamOfToken(streamToken(12).replace("12", "13"))).toBeUndefined();
  });

  it("when too many were made and never sent", async () => {
    const client = new TestAsciinema(url, "", `Bearer ${source.token}`);
    const { rowCount } = await pool().query(
      `INSERT INTO streams (id, organization_id, source_id, user_name, target)
       SELECT 1000 + n, $1, $2, 'x', 'x' FROM generate_series(1, 100) n`,
      [installation.organizationId, source.id],
    );
    expect(rowCount).toBe(100);
    const who = { user: "bob", target: "web-9" };
    expect((await client.ask("POST", "/streams", who)).status).toBe(429);
    await pool().query(
      "UPDATE streams SET created_at = now() - interval '2 days' WHERE id BETWEEN 1001 AND 1100",
    );
    expect((await client.ask("POST", "/streams", who)).status).toBe(201);
  });

  it("as soon as its device is revoked, while it is under way too", async () => {
    const stream = await asciinema().createStream();
    const producer = await TestProducer.connect(here(stream.ws_producer_url));
    producer.output("x");
    const line = await live("ann's laptop");
    await pool().query("UPDATE devices SET revoked_at = now() WHERE name = $1", ["ann's laptop"]);
    expect(await producer.closed).toEqual({ code: 4000, reason: "The stream is no longer allowed" });
    expect(await eventsOf(await ready(line.id))).toContainEqual([
      "closed",
      "The stream is no longer allowed",
    ]);
    const again = await TestProducer.connect(here(stream.ws_producer_url));
    expect((await again.closed).code).toBe(4040);
    expect((await asciinema().ask("POST", "/streams", {})).status).toBe(401);
  });
});
