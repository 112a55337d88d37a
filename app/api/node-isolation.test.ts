import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { nodeRouteFor } from "@/lib/http/node-route-for.mjs";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { everythingOf } from "@/lib/logs/server/test-world.ts";
import { listenForStreams } from "@/lib/recordings/server/stream-producers.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
import { registerBareRoutes } from "@/lib/setup/server/bare-routes.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";

/** What a request of a source may name. */
type Named = {
  native: string;
  recordings: string;
  connection: string;
  recording: string;
  kill: string;
  stream: string;
};
type Tokens = { native: string; recordings: string };
type Sent = { method: string; path: string; body?: object; form?: FormData; kind?: "native" };

const cast = '{"version":2,"width":80,"height":24}\n[0.1,"o","hi\\r\\n"]\n';
/** An upload that claims to be of a connection. */
function upload(connection: string): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ user: "bob", target: "web-2", connection })) {
    form.set(name, value);
  }
  form.set("file", new Blob([cast]), "session.cast");
  return form;
}

/**
 * For every path that the bare server answers, all that can be named in a request with a source's token. A path that is
 * not in this list fails a test.
 */
const cases: { [prefix: string]: (named: Named) => Sent[] } = {
  // Handed on to Next, or refused without a look at what it names: see isolation.test.ts.
  "/api": () => [],
  "/api/v1/ingest": ({ native, recordings }) => [
    { method: "POST", path: `/native/${native}`, body: {}, kind: "native" },
    { method: "POST", path: `/native/${recordings}`, body: {}, kind: "native" },
  ],
  "/api/v1/kills": ({ connection, recording, kill }) => [
    { method: "GET", path: `?connection=${connection}` },
    { method: "GET", path: `?connection=${recording}` },
    { method: "POST", path: `/${kill}`, body: { state: "acknowledged" } },
    { method: "POST", path: `/${kill}`, body: { state: "failed", detail: "none of yours" } },
  ],
  "/api/v1/connections": ({ connection, recording }) => [
    { method: "POST", path: `/${connection}/events`, body: { event: "closed", cause: "none of yours" } },
    { method: "POST", path: `/${recording}/events`, body: { event: "disconnected" } },
  ],
  "/api/asciicasts": ({ connection }) => [{ method: "POST", path: "", form: upload(connection) }],
  "/api/v1/recordings": ({ connection, recording }) => [
    { method: "POST", path: "", form: upload(connection) },
    { method: "POST", path: "", form: upload(recording) },
  ],
  "/api/v1/streams": ({ stream }) => [
    { method: "PATCH", path: `/${stream}`, body: { live: false } },
    { method: "PATCH", path: `/${stream}`, body: { title: "mine now" } },
    { method: "DELETE", path: `/${stream}` },
  ],
  "/api/v1/user/streams": ({ stream }) => [{ method: "GET", path: `?prefix=${stream}&limit=100` }],
  // Names nothing but the stream's own secret, which is what lets one send it.
  "/ws/S": () => [],
};
const walked = Object.keys(cases).filter((prefix) => prefix !== "/api" && prefix !== "/ws/S");
/** What may be upgraded; what it may name is in the list too. */
const upgrades = ["/ws/S"];

let installation: TestInstallation;
let server: Server;
let sources: { native: TestSource; recordings: TestSource };
let theirs: Named;
beforeAll(async () => {
  installation = await testInstallation();
  registerBareRoutes();
  listenForStreams();
  server = createServer((request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    const requestId = String(request.headers["x-test"] ?? "");
    const context = { requestId, address: "192.0.2.1", stopping: new AbortController().signal };
    void nodeRouteFor(path)?.(request, response, {
      ...context,
      pass: async () => void response.end("passed"),
      outliveRequest: () => undefined,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { organizationId, otherOrganizationId } = installation;
  sources = {
    native: await testSource(organizationId, "native"),
    recordings: await testSource(organizationId, "recordings"),
  };
  const { tokens: _, ...named } = await make(otherOrganizationId);
  theirs = named;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await flushAnonymousFailures();
  await installation.remove();
});

/** An organization with one of everything, whose session is under way. */
async function make(organizationId: string): Promise<Named & { tokens: Tokens }> {
  const native = await testSource(organizationId, "native");
  const recordings = await testSource(organizationId, "recordings");
  const asked = async (path: string, body: object): Promise<{ id: string | number }> => {
    const { text } = await send({ method: "POST", path, body }, recordings.token, "made");
    return JSON.parse(text);
  };
  const connection = String((await asked("/api/v1/connections", { user: "bob", target: "web-2" })).id);
  const stream = String((await asked("/api/v1/streams", { user: "bob", target: "web-2" })).id);
  const admin = await installation.addUser("admin", { organizationId });
  const principal = await principalOfSession((await installation.login(admin)).sessionId, new Headers());
  if (!principal) throw new Error("The admin is nobody");
  const listening = await fetch(`${address()}/api/v1/kills`, {
    headers: { authorization: `Bearer ${recordings.token}` },
  });
  const { id: kill } = await requestKill(principal, connection, "over");
  await listening.body?.cancel();
  const facts = { word: "bravo", user: "bob", target: "web-2", time: "2026-11-20T10:00:00Z" };
  const recording = await testRecording(organizationId, recordings.id, facts);
  const tokens = { native: native.token, recordings: recordings.token };
  return { native: native.id, recordings: recordings.id, connection, recording, kill, stream, tokens };
}

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function send({ method, path, body, form }: Sent, token: string, requestId: string) {
  const answer = await fetch(address() + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "x-test": requestId,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(form && { body: form }),
  });
  const headers = [...answer.headers].filter(([name]) => name !== "date");
  if (answer.headers.get("content-type") === "text/event-stream") {
    await answer.body?.cancel();
    return { status: answer.status, headers, text: "" };
  }
  return { status: answer.status, headers, text: await answer.text() };
}

const registered = (what: string): string[] => {
  const found = Reflect.get(globalThis, Symbol.for(what)) as Map<string, unknown>;
  return [...found.keys()].sort();
};

/** What a request left on record here, without what it was called. */
async function recordedOf(requestId: string): Promise<string> {
  const found = await pool().query(
    `SELECT action, outcome, status, resource, actor_type, actor_id, user_name FROM user_events
     WHERE organization_id = $1 AND request_id = $2 ORDER BY seq`,
    [installation.organizationId, requestId],
  );
  return JSON.stringify(found.rows);
}

const auditEvents = async () => (await pool().query("SELECT count(*) AS n FROM audit_events")).rows[0]?.n;

describe("what sources ask crosses no organization", () => {
  it("every path of the bare server has its cases", () => {
    expect(registered("daybook.nodeRoutes")).toEqual(Object.keys(cases).sort());
    expect(registered("daybook.upgrades")).toEqual(upgrades);
  });

  it.each(walked)(
    "%s: what is another organization's answers as if it were not there, and stays",
    async (prefix) => {
      const absent = Object.fromEntries(
        Object.keys(theirs).map((name) => [name, name === "stream" ? "987654321" : crypto.randomUUID()]),
      ) as Named;
      const without = (text: string, named: Named, requestId: string): string =>
        [...Object.values(named).filter((value) => value.length > 3), requestId]
          .reduce((rest, value) => rest.replaceAll(value, "<named>"), text)
          .replaceAll(new RegExp(`(prefix=|streams/)${named.stream}\\b`, "g"), "$1<named>")
          .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<new>")
          .replace(/"content-length","\d+"/, "");
      const before = await everythingOf(installation.otherOrganizationId);
      const nobodys = cases[prefix]?.(absent) ?? [];
      for (const [place, asked] of (cases[prefix]?.(theirs) ?? []).entries()) {
        const told: string[] = [];
        for (const [named, { path, kind = "recordings", ...rest }] of [
          [theirs, asked],
          [absent, nobodys[place] ?? asked],
        ] as const) {
          const requestId = `node-${prefix}-${place}-${told.length}`;
          const audited = await auditEvents();
          const sent = { ...rest, path: prefix + path };
          const answer = await send(sent, sources[kind].token, requestId);
          expect(answer.status, JSON.stringify(asked)).toBeLessThan(500);
          const left = { recorded: await recordedOf(requestId), audited: (await auditEvents()) - audited };
          told.push(without(JSON.stringify({ ...answer, ...left }), named, requestId));
        }
        expect(told[0], JSON.stringify(asked)).toBe(told[1]);
      }
      expect(await everythingOf(installation.otherOrganizationId)).toBe(before);
    },
  );

  it.each(walked)("%s: is answered otherwise to those whose it is", async (prefix) => {
    const own = await make(installation.organizationId);
    const ask = async (named: Named): Promise<string[]> => {
      const answers: string[] = [];
      for (const { path, kind = "recordings", ...rest } of cases[prefix]?.(named) ?? []) {
        const { status, text } = await send({ ...rest, path: prefix + path }, own.tokens[kind], "own");
        answers.push(`${status} ${prefix === "/api/v1/user/streams" ? text : ""}`);
      }
      return answers;
    };
    expect(await ask(own)).not.toEqual(await ask(theirs));
  });
});
