import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { watchStream } from "@/lib/auth/server/open-streams.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { createGroup, deleteGroup, updateGroup } from "@/lib/groups/server/groups.ts";
import { assignScope } from "@/lib/groups/server/user-scope.ts";
import { lines } from "@/lib/ingest/server/test-source.ts";
import { absentNames, type Names, namesOf, slugs } from "@/lib/logs/server/test-names.ts";
import { makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { worldRecords } from "@/lib/logs/server/test-world-records.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
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
  requestTo,
  type Told,
} from "./test-routes.ts";

// An auditor whose groups reach one space and one cluster, in an organization full of others: `alpha` lies beyond,
// `bravo` within. Whatever lies beyond answers as if it were not there.

const found = await endpoints();
const time = "2026-11-20T10:00:05.123456Z";
/** Logs whose rows tell where something happened. */
const placed = slugs.filter((log) => log !== "audit-log" && log !== "user-events");

let installation: TestInstallation;
let world: TestWorld;
let beyond: Names;
let absent: Names;
let auditor: TestUser;
let admin: TestUser;
let superuser: Principal;
let groupId: string;
let cookie: string;
let adminCookie: string;
let within: { connection: string; recording: string };
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId } = installation;
  world = await makeWorld(installation, organizationId, "alpha", "2026-11-20T10:00:00.123456Z");
  beyond = await namesOf(world);
  absent = absentNames(beyond, "aleph");
  superuser = await principalOf(world.users.superuser);
  const { word, source } = { word: "bravo", source: world.source };
  await source.post(lines(worldRecords(word, ["bravo person"], time)));
  const connection = await idOf("SELECT id FROM connections WHERE user_name = 'bravo person'");
  const facts = { word, user: "bravo person", target: "bravo target", time };
  const recording = await testRecording(organizationId, source.id, facts);
  await pool().query("UPDATE recordings SET connection_id = $2, space = 'bravo space' WHERE id = $1", [
    recording,
    connection,
  ]);
  within = { connection, recording };
  const group = { name: "Bravo", description: "", globalScope: false };
  ({ id: groupId } = await createGroup(superuser, {
    ...group,
    spaces: ["bravo space"],
    targets: ["bravo cluster"],
  }));
  auditor = await kept("auditor", "outside@example.org");
  admin = await kept("admin", "inside@example.org");
  ({ cookie } = await installation.login(auditor));
  ({ cookie: adminCookie } = await installation.login(admin));
});
afterAll(() => installation.remove());

async function kept(role: "auditor" | "admin" | "member", email: string): Promise<TestUser> {
  const { organizationId } = installation;
  const user = await installation.addUser(role, { organizationId, email });
  await assignScope(superuser, user.id, { globalScope: false, groupIds: [groupId] });
  return user;
}

async function principalOf(user: TestUser): Promise<Principal> {
  const { sessionId } = await installation.login(user);
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("Somebody is nobody");
  return principal;
}

async function idOf(sql: string): Promise<string> {
  const { rows } = await pool().query<{ id: string }>(sql);
  return rows[0]?.id ?? "";
}

let asks = 0;
async function askAs(who: string, endpoint: Endpoint, asked: Asked = {}): Promise<Told> {
  const facts = { "x-daybook-request-id": `isolation-${asks++}`, "x-daybook-address": "192.0.2.9" };
  return ask(endpoint, { ...asked, headers: { ...asked.headers, ...facts, cookie: who } });
}

const endpointOf = (name: string): Endpoint => endpointNamed(found, name);

const get = (route: string, asked: Asked, who = cookie) =>
  askAs(who, endpointOf(`GET /api/v1/${route}`), asked);

const rowsOf = async (log: string, who = cookie): Promise<{ [field: string]: string }[]> => {
  const { status, text } = await get("logs/[log]", { params: { log }, query: "limit=200" }, who);
  expect(status, text).toBe(200);
  return JSON.parse(text).rows;
};

const reads = found.filter(({ name }) => name.startsWith("GET /api/v1/") && !name.includes("[id]"));
/** Views that others have saved and shared are the organization's, whatever they are called. */
const notPlaced = new Set(["GET /api/v1/saved-views", "GET /api/v1/openapi.json"]);

/** What the caller asks in own words, and what belongs to the organization: saved views and ids of exports. */
function isNotPlaced({ params, query }: Asked): boolean {
  return (
    params?.["log"] === "user-events" ||
    params?.["id"] === beyond.ids.savedView ||
    String(query).startsWith("exportId")
  );
}

describe("who is kept to a space and a cluster", () => {
  it("sees the rows of these in every log and as a recording, and counts them alone", async () => {
    for (const log of placed) {
      const users = (await rowsOf(log)).map(({ user }) => user);
      expect(new Set(users), log).toEqual(new Set(["bravo person"]));
      const exported = await get("logs/[log]/export", { params: { log }, query: "format=ndjson" });
      expect(exported.text.trim().split("\n"), log).toHaveLength(users.length);
      for (const query of ["from=2026-11-20&to=2026-11-20", "", "fit=oldest"]) {
        const counted = await get("logs/[log]/histogram", { params: { log }, query });
        expect(counted.status, counted.text).toBe(200);
        const histogram: { from: string; buckets: { counts: { [value: string]: number } }[] } = JSON.parse(
          counted.text,
        );
        const total = histogram.buckets.flatMap(({ counts }) => Object.values(counts));
        expect(
          total.reduce((sum, n) => sum + n, 0),
          `${log} ${query}`,
        ).toBe(users.length);
        if (query === "") expect(histogram.from, log).toBe(time);
      }
      const values = await get("logs/[log]/values", {
        params: { log },
        query: { filter: "user", match: "" },
      });
      expect(JSON.parse(values.text).values, log).toEqual([{ value: "bravo person", count: users.length }]);
    }
    const params = { id: within.recording, segment: "0" };
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
    expect((await get("recordings/search", { query: { q: "bravo" } })).text).toContain(within.recording);
    expect(JSON.parse((await get("recordings/people", {})).text).people).toHaveLength(1);
    const sessions = JSON.parse((await get("sessions", {})).text);
    expect(sessions.pagination.total_records).toBe((await rowsOf("connections")).length);
  });

  it("is followed live by the same measure", async () => {
    const asked = { params: { log: "commands" }, query: { since: "1.0.-1" }, headers: { cookie } };
    const later = "2026-11-20T11:00:00Z";
    const stream = follow(endpointOf("GET /api/v1/logs/[log]/live"), asked, (text) => text.includes("later"));
    await world.source.post(lines(worldRecords("alpha", ["alpha later"], later)));
    const again = { log: "commands", id: "later", time: later, user: "bravo person", target: "bravo target" };
    await world.source.post(
      lines([{ ...again, space: "bravo space", command: "later", connectionRef: "bravo ref 0" }]),
    );
    const text = await stream;
    expect(text).toContain("bravo");
    expect(text).not.toContain("alpha");
  });

  it.each(reads.filter(({ name }) => !notPlaced.has(name)))(
    "$name holds nothing else",
    async (endpoint) => {
      for (const who of [cookie, adminCookie]) {
        for (const asked of plainQuestions(world)[endpoint.name] ?? [{}]) {
          const { status, text } = await askAs(who, endpoint, asked);
          expect(status, text).toBeLessThan(500);
          // What people did in Daybook is told in the words of their own requests.
          if (asked.params?.["log"] === "user-events") continue;
          expect(text, JSON.stringify(asked)).not.toContain("alpha");
        }
      }
    },
    60_000,
  );

  it("reads of what people do in Daybook the own rows alone, and nothing of the audit log and of sources", async () => {
    const users = (await rowsOf("user-events")).map(({ user }) => user);
    expect(new Set(users)).toEqual(new Set(["outside@example.org"]));
    for (const route of ["logs/[log]", "logs/[log]/export", "logs/[log]/histogram"])
      expect((await get(route, { params: { log: "audit-log" } })).status).toBe(403);
    expect(JSON.parse((await get("me", {})).text).scopes).not.toContain("audit-log:read");
    for (const route of ["sources", "sources/live", "sources/[id]/quarantine", "users", "groups", "access"])
      expect((await get(route, { params: { id: world.ids.source } }, adminCookie)).status, route).toBe(403);
  });

  const naming = found.filter(
    ({ name }) => (cases[name]?.length ?? 0) > 0 && name !== "POST /api/v1/saved-views",
  );
  it.each(naming)(
    "$name: what lies beyond answers as if it were not there",
    async (endpoint) => {
      for (const who of [cookie, adminCookie]) {
        const nobodys = cases[endpoint.name]?.(absent, absent) ?? [];
        for (const [place, asked] of (cases[endpoint.name]?.(beyond, absent) ?? []).entries()) {
          if (isNotPlaced(asked)) continue;
          const answer = await askAs(who, endpoint, asked);
          const expected = await askAs(who, endpoint, nobodys[place] ?? {});
          expect(answer.status, JSON.stringify(asked)).toBeLessThan(500);
          expect(comparable(answer, beyond), JSON.stringify(asked)).toBe(comparable(expected, absent));
        }
      }
    },
    60_000,
  );

  it("manages the targets and spaces that the groups name, and no others", async () => {
    const { text } = await get("spaces", {}, adminCookie);
    expect(JSON.parse(text).spaces.map(({ name }: { name: string }) => name)).toEqual(["bravo space"]);
    const targets = JSON.parse((await get("targets", {}, adminCookie)).text).targets;
    expect(targets.map(({ name }: { name: string }) => name)).toEqual(["bravo cluster"]);
  });
});

describe("a reach", () => {
  const seen = async (): Promise<number> => {
    const rows = await Promise.all(placed.map((log) => rowsOf(log)));
    return rows.flat().length;
  };
  const versionOf = async () =>
    Number(await idOf(`SELECT version::text AS id FROM groups WHERE id = '${groupId}'`));

  it("of a member is narrowed to the own rows", async () => {
    const member = await kept("member", "bravo person");
    const other = await kept("member", "alpha person");
    const { cookie: own } = await installation.login(member);
    const { cookie: others } = await installation.login(other);
    for (const log of placed) {
      expect((await rowsOf(log, own)).map(({ user }) => user)[0], log).toBe("bravo person");
      expect(await rowsOf(log, others), log).toEqual([]);
    }
  });

  it("takes names as they are, whatever is in them", async () => {
    const hostile = [`a"b`, "a\\", "a,b", "{}", "NULL", `"`, "'; DROP TABLE x; --", 'a\\"b', " ", "é🌍"];
    const records = hostile.map((space, n) => ({
      ...{ log: "commands", id: `hostile ${n}`, time, user: "hostile person", target: "hostile target" },
      ...{ command: "x", space, connectionRef: `hostile ${n}` },
    }));
    await world.source.post(lines(records));
    for (const [n, space] of hostile.entries()) {
      const change = { version: await versionOf(), spaces: [space], targets: [] };
      await updateGroup(superuser, groupId, change);
      expect(
        (await rowsOf("commands")).map(({ space: told }) => told),
        `${n}`,
      ).toEqual([space]);
      const exported = await get("logs/[log]/export", {
        params: { log: "commands" },
        query: "format=ndjson",
      });
      expect(JSON.parse(exported.text).space).toBe(space);
    }
    const version = await versionOf();
    await updateGroup(superuser, groupId, { version, spaces: ["bravo space"], targets: ["bravo cluster"] });
  });

  it("that is nothing shows nothing", async () => {
    await updateGroup(superuser, groupId, { version: await versionOf(), spaces: [], targets: [] });
    expect(await seen()).toBe(0);
    const version = await versionOf();
    await updateGroup(superuser, groupId, { version, spaces: ["bravo space"], targets: ["bravo cluster"] });
  });

  it("that becomes smaller breaks off what is being exported", async () => {
    // More than streams hold between the database and a reader who reads nothing.
    const large = Array.from({ length: 6 }, (_, n) => ({
      ...{ log: "commands", id: `large ${n}`, time, user: "bravo person", target: "bravo target" },
      ...{ command: `${n}`.repeat(1_000_000), space: "bravo space", connectionRef: "bravo ref 0" },
    }));
    for (const record of large) await world.source.post(lines([record]));
    const { handler } = endpointOf("GET /api/v1/logs/[log]/export");
    const params = { log: "commands" };
    const request = requestTo(endpointOf("GET /api/v1/logs/[log]/export"), { params, headers: { cookie } });
    const response = await handler(request, { params: Promise.resolve(params) });
    const id = response.headers.get("x-export-id");
    await updateGroup(superuser, groupId, { version: await versionOf(), targets: [] });
    const ends = `SELECT custom_values->>'reason' AS id FROM audit_events
      WHERE target_id = '${id}' AND operation_status = 'failure'`;
    await expect.poll(() => idOf(ends)).toBe("Its reader may read it no longer.");
    await expect(response.text()).rejects.toThrow();
    await updateGroup(superuser, groupId, { version: await versionOf(), targets: ["bravo cluster"] });
  });

  it("that a group's deletion takes is gone at once, with what is watched", async () => {
    expect(await seen()).toBeGreaterThan(5);
    const principal = await principalOf(auditor);
    const watched = new Promise<void>((resolve) => {
      watchStream(principal, resolve);
    });
    await deleteGroup(superuser, groupId, "nobody needs it");
    const since = performance.now();
    await watched;
    expect(performance.now() - since).toBeLessThan(secondOnBusyMachineMs);
    expect(await seen()).toBe(0);
    expect((await get("recordings/[id]", { params: { id: within.recording } })).status).toBe(404);
  });
});
