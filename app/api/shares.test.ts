import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { watchStream } from "@/lib/auth/server/open-streams.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines } from "@/lib/ingest/server/test-source.ts";
import { absentNames, type Names, namesOf, slugs } from "@/lib/logs/server/test-names.ts";
import { makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { worldRecords } from "@/lib/logs/server/test-world-records.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
import { revokeShare, shareSession } from "@/lib/shares/server/shares.ts";
import { secondOnBusyMachineMs } from "@/lib/test-time.ts";
import { cases } from "./test-cases.ts";
import { comparable, plainQuestions } from "./test-compare.ts";
import {
  type Asked,
  ask,
  type Endpoint,
  endpointNamed,
  endpoints,
  follow,
  type Told,
} from "./test-routes.ts";

// An auditor who is kept to shared sessions, in an organization full of others: `alpha` is everything that is not
// shared with them, `bravo` one session that is. Whatever is not shared answers as if it were not there.

const found = await endpoints();
const time = "2026-11-20T10:00:05.123456Z";

let installation: TestInstallation;
let world: TestWorld;
let unshared: Names;
let absent: Names;
let auditor: TestUser;
let cookie: string;
let shared: { connection: string; recording: string; share: string };
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId } = installation;
  world = await makeWorld(installation, organizationId, "alpha", "2026-11-20T10:00:00.123456Z");
  unshared = await namesOf(world);
  absent = absentNames(unshared, "omega");
  auditor = await installation.addUser("auditor", { organizationId, email: "outside@example.org" });
  await pool().query("UPDATE users SET shared_only = true WHERE id = $1", [auditor.id]);
  ({ cookie } = await installation.login(auditor));
  const { word, source } = { word: "bravo", source: world.source };
  await source.post(lines(worldRecords(word, ["bravo person"], time)));
  const connection = await idOf("SELECT id FROM connections WHERE user_name = 'bravo person'");
  const facts = { word, user: "bravo person", target: "bravo target", time };
  const recording = await testRecording(organizationId, source.id, facts);
  await pool().query("UPDATE recordings SET connection_id = $2 WHERE id = $1", [recording, connection]);
  const { id: share } = await shareSession(await admin(), connection, {
    userId: auditor.id,
    reason: "the yearly audit",
    until: day(1),
  });
  shared = { connection, recording, share };
});
afterAll(() => installation.remove());

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

async function idOf(sql: string): Promise<string> {
  const { rows } = await pool().query<{ id: string }>(sql);
  return rows[0]?.id ?? "";
}

async function admin() {
  const { sessionId } = await installation.login(world.users.admin);
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("The admin is nobody");
  return principal;
}

let asks = 0;
async function askAuditor(endpoint: Endpoint, asked: Asked = {}): Promise<Told> {
  const facts = { "x-daybook-request-id": `isolation-${asks++}`, "x-daybook-address": "192.0.2.9" };
  return ask(endpoint, { ...asked, headers: { ...asked.headers, ...facts, cookie } });
}

const endpointOf = (name: string): Endpoint => endpointNamed(found, name);

const get = async (route: string, asked: Asked) => askAuditor(endpointOf(`GET /api/v1/${route}`), asked);

const reads = found.filter(({ name }) => name.startsWith("GET /api/v1/") && !name.includes("[id]"));
/** Views that others have saved and shared are the organization's, whatever they are called. */
const notOfSessions = new Set(["GET /api/v1/saved-views", "GET /api/v1/openapi.json"]);

/** What auditors ask in their own words, and what belongs to the organization: saved views and ids of exports. */
function isNoSession({ params, query }: Asked): boolean {
  return (
    params?.["log"] === "user-events" ||
    params?.["id"] === unshared.ids.savedView ||
    String(query).startsWith("exportId")
  );
}

describe("who sees only shared sessions", () => {
  it("sees the shared one in every log and as a recording, and counts it alone", async () => {
    for (const log of ["commands", "connections", "connection-events"]) {
      const { status, text } = await get("logs/[log]", { params: { log }, query: "limit=200" });
      expect(status, text).toBe(200);
      const users = JSON.parse(text).rows.map(({ user }: { user: string }) => user);
      expect(new Set(users), log).toEqual(new Set(["bravo person"]));
      const exported = await get("logs/[log]/export", { params: { log }, query: "format=ndjson" });
      expect(exported.text.trim().split("\n"), log).toHaveLength(users.length);
      const counted = await get("logs/[log]/histogram", {
        params: { log },
        query: "from=2026-11-20&to=2026-11-20",
      });
      const buckets: { counts: { [value: string]: number } }[] = JSON.parse(counted.text).buckets;
      const total = buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0);
      expect(total, log).toBe(users.length);
      const values = await get("logs/[log]/values", {
        params: { log },
        query: { filter: "user", match: "" },
      });
      expect(JSON.parse(values.text).values, log).toEqual([{ value: "bravo person", count: users.length }]);
    }
    const params = { id: shared.recording, segment: "0" };
    const one = "recordings/[id]";
    for (const route of [
      "",
      "/playback",
      "/player-index",
      "/segments/[segment]",
      "/cast",
      "/text",
      "/original",
    ])
      expect((await get(`${one}${route}`, { params })).status, route).toBe(200);
    expect((await get("recordings/search", { query: { q: "bravo" } })).text).toContain(shared.recording);
    expect(JSON.parse((await get("recordings/people", {})).text).people).toHaveLength(1);
  });

  it("is followed live by the same measure", async () => {
    const asked = { params: { log: "commands" }, query: { since: "1.0.-1" }, headers: { cookie } };
    const later = "2026-11-20T11:00:00Z";
    const stream = follow(endpointOf("GET /api/v1/logs/[log]/live"), asked, (text) => text.includes("later"));
    await world.source.post(lines(worldRecords("alpha", ["alpha later"], later)));
    const again = { log: "commands", id: "later", time: later, user: "bravo person", target: "bravo target" };
    await world.source.post(lines([{ ...again, command: "later", connectionRef: "bravo ref 0" }]));
    const text = await stream;
    expect(text).toContain("bravo");
    expect(text).not.toContain("alpha");
  });

  it.each(reads.filter(({ name }) => !notOfSessions.has(name)))(
    "$name holds nothing else",
    async (endpoint) => {
      for (const asked of plainQuestions(world)[endpoint.name] ?? [{}]) {
        const { status, text } = await askAuditor(endpoint, asked);
        expect(status, text).toBeLessThan(500);
        // What the auditor did in Daybook is told in the words of their own requests.
        if (asked.params?.["log"] === "user-events") continue;
        expect(text, JSON.stringify(asked)).not.toContain("alpha");
      }
    },
    60_000,
  );

  it("reads of what people do in Daybook their own rows alone, and nothing of the audit log", async () => {
    const { text } = await get("logs/[log]", { params: { log: "user-events" }, query: "limit=200" });
    const users = JSON.parse(text).rows.map(({ user }: { user: string }) => user);
    expect(new Set(users)).toEqual(new Set(["outside@example.org"]));
    for (const route of ["logs/[log]", "logs/[log]/export", "logs/[log]/histogram"])
      expect((await get(route, { params: { log: "audit-log" } })).status).toBe(403);
    expect(JSON.parse((await get("me", {})).text).scopes).not.toContain("audit-log:read");
  });

  const naming = found.filter(
    ({ name }) => (cases[name]?.length ?? 0) > 0 && name !== "POST /api/v1/saved-views",
  );
  it.each(naming)(
    "$name: what is not shared answers as if it were not there",
    async (endpoint) => {
      const nobodys = cases[endpoint.name]?.(absent, absent) ?? [];
      for (const [place, asked] of (cases[endpoint.name]?.(unshared, absent) ?? []).entries()) {
        if (isNoSession(asked)) continue;
        const answer = await askAuditor(endpoint, asked);
        const expected = await askAuditor(endpoint, nobodys[place] ?? {});
        expect(answer.status, JSON.stringify(asked)).toBeLessThan(500);
        expect(comparable(answer, unshared), JSON.stringify(asked)).toBe(comparable(expected, absent));
      }
    },
    60_000,
  );
});

describe("a share", () => {
  const seen = async () => {
    const { status } = await get("recordings/[id]", { params: { id: shared.recording } });
    const rows = await Promise.all(
      slugs
        .filter((log) => log !== "audit-log" && log !== "user-events")
        .map(async (log) => {
          const { text } = await get("logs/[log]", { params: { log }, query: "limit=200" });
          return JSON.parse(text).rows.length as number;
        }),
    );
    return { status, rows: rows.reduce((sum, n) => sum + n, 0) };
  };

  it("holds through its last day in UTC, and is nothing from the next on", async () => {
    const until = (date: string) =>
      pool().query("UPDATE session_shares SET until = $2 WHERE id = $1", [shared.share, date]);
    await until(day(0));
    expect(await seen()).toMatchObject({ status: 200 });
    await until(day(-1));
    expect(await seen()).toEqual({ status: 404, rows: 0 });
    await until(day(1));
  });

  it("does not keep from the rest who is not kept to shares", async () => {
    await pool().query("UPDATE users SET shared_only = false WHERE id = $1", [auditor.id]);
    expect((await seen()).rows).toBeGreaterThan(8);
    await pool().query("UPDATE users SET shared_only = true WHERE id = $1", [auditor.id]);
  });

  it("is refused for who is no auditor here, days that are over, and twice", async () => {
    const by = await admin();
    const wish = { userId: auditor.id, reason: "again", until: day(1) };
    await expect(shareSession(by, shared.connection, wish)).rejects.toMatchObject({ status: 409 });
    for (const wrong of [
      { userId: world.users.member.id },
      { until: day(-1) },
      { until: day(400) },
      { userId: installation.organizationId },
    ])
      await expect(
        shareSession(by, shared.connection, { ...wish, ...wrong }),
        JSON.stringify(wrong),
      ).rejects.toMatchObject({ status: 400 });
    await expect(shareSession(by, installation.organizationId, wish)).rejects.toMatchObject({ status: 404 });
  });

  it("is in the audit log with its reason, and taken back it ends at once, what is watched included", async () => {
    const { sessionId } = await installation.login(auditor);
    const principal = await principalOfSession(sessionId, new Headers());
    if (!principal) throw new Error("The auditor is nobody");
    let others = 0;
    const release = watchStream(principal, () => others++);
    const watched = new Promise<void>((resolve) => {
      watchStream(principal, resolve, shared.connection);
    });
    await revokeShare(await admin(), shared.connection, shared.share, "the audit is over");
    const since = performance.now();
    await watched;
    expect(performance.now() - since).toBeLessThan(secondOnBusyMachineMs);
    expect(others).toBe(0);
    release();
    expect(await seen()).toEqual({ status: 404, rows: 0 });
    const events = await pool().query<{ event: string; reason: string }>(
      `SELECT event_type AS event, custom_values->>'reason' AS reason FROM audit_events
       WHERE target_id = $1 AND operation_status <> 'inProgress' ORDER BY seq`,
      [shared.connection],
    );
    expect(events.rows).toEqual([
      { event: "session:shared", reason: "the yearly audit" },
      { event: "session:sharing-failed", reason: expect.stringContaining("is shared with") },
      { event: "session:unshared", reason: "the audit is over" },
    ]);
    await expect(revokeShare(await admin(), shared.connection, shared.share, "again")).rejects.toMatchObject({
      status: 409,
    });
  });
});
