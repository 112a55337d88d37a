import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Role, roles } from "@/lib/auth/roles.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { type Names, namesOf, slugs } from "@/lib/logs/server/test-names.ts";
import { makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
import { cases, range } from "./test-cases.ts";
import {
  type Asked,
  ask,
  type Endpoint,
  endpointNamed,
  endpoints,
  follow,
  type Told,
} from "./test-routes.ts";

const found = await endpoints();

let installation: TestInstallation;
let world: TestWorld;
let names: Names;
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId } = installation;
  world = await makeWorld(installation, organizationId, "alpha", "2026-11-20T10:00:00.123456Z");
  names = await namesOf(world);
});
afterAll(() => installation.remove());

const endpointOf = (name: string): Endpoint => endpointNamed(found, name);

function askAs(role: Role, endpoint: Endpoint, asked: Asked): Promise<Told> {
  return ask(endpoint, { ...asked, headers: { ...asked.headers, cookie: world.cookies[role] } });
}

/** Who may use a route, where that is not everybody. */
function allowed({ route, name }: Endpoint, { params, query, body }: Asked): readonly Role[] {
  const named = [params?.["log"], typeof query === "object" ? query["log"] : undefined];
  const wished = typeof body === "object" && body !== null && "log" in body ? body.log : undefined;
  if ([...named, wished].includes("audit-log")) return ["superuser", "auditor"];
  if (name === "DELETE /api/v1/recordings/[id]") return ["superuser", "admin"];
  if (name === "POST /api/v1/recordings/[id]/end") return ["superuser", "admin"];
  if (/^PUT \/api\/v1\/sessions?\//.test(name)) return ["superuser", "admin"];
  if (route.startsWith("/api/v1/users/")) return ["superuser", "admin"];
  if (route === "/api/v1/sign-in-policy") return ["superuser"];
  if (route === "/api/v1/workflows") return ["superuser", "auditor"];
  if (route === "/api/v1/audit-log/import") return ["superuser"];
  if (route.startsWith("/api/v1/identity-providers")) return ["superuser"];
  if (route === "/api/v1/retention" || route.endsWith("/hold")) return ["superuser"];
  if (route === "/api/v1/access") return ["superuser", "admin", "auditor"];
  return /^\/api\/v1\/(?:sources|deployment-tokens|targets|spaces|connections|users|groups)\b/.test(route)
    ? ["superuser", "admin"]
    : roles;
}

describe("each role does what it is for, and nothing else", () => {
  // Of tokens: see below.
  const guarded = found.filter(({ name }) => name.includes("/v1/") && !name.includes("tokens"));
  it.each(guarded)(
    "$name",
    async (endpoint) => {
      const given = cases[endpoint.name]?.(names, names) ?? [];
      const some = given.filter((_, place) => place % Math.ceil(given.length / 40) === 0);
      const named = endpoint.route.includes("[log]")
        ? slugs.map((log) => ({ params: { log, key: "" } }))
        : [{}];
      for (const asked of [...some, ...named]) {
        for (const role of roles) {
          const { status, text } = await askAs(role, endpoint, asked);
          const may = allowed(endpoint, asked).includes(role);
          expect(status === 403, `${role} ${JSON.stringify(asked)}: ${status} ${text}`).toBe(!may);
          expect(status, text).toBeLessThan(500);
        }
      }
    },
    60_000,
  );

  it("a token is revoked by its owner, or by those who manage tokens up to their own role", async () => {
    const revoke = endpointOf("DELETE /api/v1/tokens/[id]");
    const create = endpointOf("POST /api/v1/tokens");
    const outcomes: { [owner in Role]: { [by in Role]: number } } = {
      superuser: { member: 404, auditor: 404, admin: 403, superuser: 204 },
      admin: { member: 404, auditor: 404, admin: 204, superuser: 409 },
      auditor: { member: 404, auditor: 204, admin: 409, superuser: 409 },
      member: { member: 204, auditor: 404, admin: 409, superuser: 409 },
    };
    for (const owner of roles) {
      const wish = { name: `of ${owner}`, scopes: ["logs:read-own"], expiresInDays: 1 };
      const { text } = await askAs(owner, create, { body: wish });
      const { id } = JSON.parse(text) as { id: string };
      for (const by of ["member", "auditor", "admin", "superuser"] as const) {
        const { status } = await askAs(by, revoke, { params: { id } });
        expect(status, `${by} revokes the token of ${owner}`).toBe(outcomes[owner][by]);
      }
    }
  });

  it("nobody gives a token what the own role may not do", async () => {
    const create = endpointOf("POST /api/v1/tokens");
    const reads = ["logs:read", "logs:read-own", "exports:create", "recordings:read-own"];
    const most: { [role in Role]: string[] } = {
      superuser: [...reads, "audit-log:read", "recordings:read", "sessions:end"],
      admin: [...reads, "recordings:read", "sessions:end"],
      auditor: [...reads, "audit-log:read", "recordings:read"],
      member: reads.filter((scope) => scope !== "logs:read"),
    };
    for (const role of roles) {
      for (const scope of most.superuser) {
        const body = { name: "t", scopes: [scope], expiresInDays: 1 };
        const { status } = await askAs(role, create, { body });
        expect(status, `${role} ${scope}`).toBe(most[role].includes(scope) ? 201 : 403);
      }
    }
  });
});

describe("of recordings", () => {
  const paths = found.filter(({ name }) => name.startsWith("GET /api/v1/recordings"));
  /** The recordings here are over: who may see one is told that there is nothing to be watched live. */
  const seenAs = (name: string): number => (name.endsWith("/live") ? 409 : 200);

  it("a member sees none of somebody else's, by no way", async () => {
    const recording = await testRecording(world.organizationId, world.source.id, {
      word: "alpha",
      user: "alpha person",
      target: "alpha target",
      time: "2026-11-20T10:00:00.123456Z",
    });
    const all = { ...names, ids: { ...names.ids, recording } };
    for (const endpoint of paths) {
      for (const asked of cases[endpoint.name]?.(all, all) ?? []) {
        const seen = await askAs("auditor", endpoint, asked);
        expect(seen.status, endpoint.name).toBe(seenAs(endpoint.name));
        const { status, text } = await askAs("member", endpoint, asked);
        if (endpoint.name.includes("[id]")) expect(status, endpoint.name).toBe(404);
        expect(text, endpoint.name).not.toContain(recording);
        expect(text, endpoint.name).not.toContain("alpha person");
      }
    }
  });

  it("a member plays, reads and downloads the own ones", async () => {
    const own = await testRecording(world.organizationId, world.source.id, {
      word: "alpha",
      user: world.users.member.email,
      target: "alpha target",
      time: "2026-11-20T10:00:00.123456Z",
    });
    for (const endpoint of paths.filter(({ name }) => name.includes("[id]"))) {
      const { status } = await askAs("member", endpoint, { params: { id: own, segment: "0" } });
      expect(status, endpoint.name).toBe(seenAs(endpoint.name));
    }
    const list = await askAs("member", endpointOf("GET /api/v1/recordings"), {});
    const { rows } = JSON.parse(list.text) as { rows: { id: string; state: string }[] };
    expect(rows.filter(({ state }) => state !== "logged").map(({ id }) => id)).toEqual([own]);
  });

  it("who plays, reads or downloads one is in the audit log", async () => {
    const id = await testRecording(world.organizationId, world.source.id, {
      word: "alpha",
      user: "somebody watched",
      target: "alpha target",
      time: "2026-11-20T10:00:00.123456Z",
    });
    for (const name of ["playback", "text", "cast", "original"])
      await askAs("auditor", endpointOf(`GET /api/v1/recordings/[id]/${name}`), { params: { id } });
    const told = await pool().query<{ type: string; who: string }>(
      `SELECT event_type AS type, initiator AS who FROM audit_events
       WHERE organization_id = $1 AND target_id = $2 AND operation_status = 'success' ORDER BY seq`,
      [world.organizationId, id],
    );
    const who = world.users.auditor.email;
    expect(told.rows).toEqual([
      { type: "recording:played", who },
      { type: "recording:read", who },
      { type: "recording:downloaded", who },
      { type: "recording:downloaded", who },
    ]);
  });
});

const readable = slugs.filter((log) => log !== "audit-log");

/** A key of a row of the log that is of `user`. */
async function keyOf(log: LogSlug, user: string): Promise<string> {
  const found = await pool().query<{ key: string }>(
    `SELECT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '~' || id AS key
     FROM ${logView(log).table} WHERE organization_id = $1 AND user_name = $2 ORDER BY time, id LIMIT 1`,
    [world.organizationId, user],
  );
  const [row] = found.rows;
  if (!row) throw new Error(`${log} has no row of ${user}`);
  return row.key;
}

let namedLogin: Promise<{ cookie: string }> | undefined;

/** A session of a member who is known by a login name at targets, and of whose address there is no row there. */
async function namedCookie(): Promise<string> {
  namedLogin ??= (async () => {
    const user = await installation.addUser("member");
    await pool().query("UPDATE users SET logins = $2 WHERE id = $1", [
      user.id,
      ["nobody else", "alpha person"],
    ]);
    return await installation.login(user);
  })();
  return (await namedLogin).cookie;
}

async function namedMember() {
  const cookie = await namedCookie();
  return {
    person: "alpha person",
    member: world.users.member.email,
    askNamed: (name: string, asked: Asked) => ask(endpointOf(name), { ...asked, headers: { cookie } }),
  };
}

describe.each(readable)("a member sees of %s", (log) => {
  const asMember = (name: string, asked: Asked) => askAs("member", endpointOf(name), asked);
  const person = "alpha person";

  it("own rows only, in lists, exports, counts and type-ahead", async () => {
    const member = world.users.member.email;
    const list = await asMember("GET /api/v1/logs/[log]", { params: { log }, query: range });
    const { rows } = JSON.parse(list.text) as { rows: { user: string }[] };
    expect(new Set(rows.map(({ user }) => user))).toEqual(new Set([member]));
    for (const format of ["csv", "json", "ndjson"]) {
      const query = `${range}&format=${format}`;
      const { text } = await asMember("GET /api/v1/logs/[log]/export", { params: { log }, query });
      expect(text).toContain(member);
      expect(text).not.toContain(person);
    }
    const counted = await asMember("GET /api/v1/logs/[log]/histogram", { params: { log }, query: range });
    const { buckets } = JSON.parse(counted.text) as { buckets: { counts: { [value: string]: number } }[] };
    const total = buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0);
    expect(total).toBe(rows.length);
    const query = { filter: "user", match: "alpha" };
    const offered = await asMember("GET /api/v1/logs/[log]/values", { params: { log }, query });
    const { values } = JSON.parse(offered.text) as { values: { value: string }[] };
    expect(values.map(({ value }) => value)).toEqual([member]);
  });

  it("nothing of others by asking for them", async () => {
    for (const query of [`user=${person}`, `user~=${person}`, `user!=${world.users.member.email}`]) {
      const { text } = await asMember("GET /api/v1/logs/[log]", { params: { log }, query });
      expect(JSON.parse(text)).toMatchObject({ rows: [], nextCursor: null });
    }
  });

  it("the row itself only where it is an own one", async () => {
    const row = endpointOf("GET /api/v1/logs/[log]/rows/[key]");
    const own = await keyOf(log, world.users.member.email);
    const others = await keyOf(log, person);
    const absent = `${others.slice(0, 28)}${crypto.randomUUID()}`;
    expect((await askAs("member", row, { params: { log, key: own } })).status).toBe(200);
    const refused = await askAs("member", row, { params: { log, key: others } });
    const missing = await askAs("member", row, { params: { log, key: absent } });
    const withoutId = (text: string) => text.replace(/"requestId":"[^"]+"/, "");
    expect(refused.status).toBe(404);
    expect(withoutId(refused.text)).toBe(withoutId(missing.text));
    expect((await askAs("auditor", row, { params: { log, key: others } })).status).toBe(200);
  });

  it("under a login name the rows of that name, and nobody else's", async () => {
    const { person, member, askNamed } = await namedMember();
    const params = { log };
    const list = await askNamed("GET /api/v1/logs/[log]", { params, query: range });
    const { rows } = JSON.parse(list.text) as { rows: { user: string }[] };
    expect(new Set(rows.map(({ user }) => user))).toEqual(new Set([person]));
    const exported = await askNamed("GET /api/v1/logs/[log]/export", {
      params,
      query: `${range}&format=ndjson`,
    });
    expect(exported.text.trim().split("\n")).toHaveLength(rows.length);
    expect(exported.text).not.toContain(member);
    const counted = await askNamed("GET /api/v1/logs/[log]/histogram", { params, query: range });
    const { buckets } = JSON.parse(counted.text) as { buckets: { counts: { [value: string]: number } }[] };
    const total = buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0);
    expect(total).toBe(rows.length);
    const offered = await askNamed("GET /api/v1/logs/[log]/values", {
      params,
      query: { filter: "user", match: "" },
    });
    const { values } = JSON.parse(offered.text) as { values: { value: string }[] };
    expect(values.map(({ value }) => value)).toContain(person);
    expect(values.map(({ value }) => value)).not.toContain(member);
    const row = "GET /api/v1/logs/[log]/rows/[key]";
    const [own, others] = [await keyOf(log, person), await keyOf(log, member)];
    expect((await askNamed(row, { params: { log, key: own } })).status).toBe(200);
    expect((await askNamed(row, { params: { log, key: others } })).status).toBe(404);
    const live = endpointOf("GET /api/v1/logs/[log]/live");
    const asked = { params, query: { since: "1.0.-1" }, headers: { cookie: await namedCookie() } };
    const text = await follow(live, asked, (all) => all.includes(own.slice(28)));
    expect(text).not.toContain(member);
  });

  it("own rows only in a stream", async () => {
    const own = (await keyOf(log, world.users.member.email)).slice(28);
    const headers = { cookie: world.cookies.member };
    const asked = { params: { log }, query: { since: "1.0.-1" }, headers };
    const text = await follow(endpointOf("GET /api/v1/logs/[log]/live"), asked, (all) => all.includes(own));
    expect(text).not.toContain(person);
  });
});
