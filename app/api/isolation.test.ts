import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines } from "@/lib/ingest/server/test-source.ts";
import { absentNames, type Names, namesOf, slugs } from "@/lib/logs/server/test-names.ts";
import { everythingOf, makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { worldRecords } from "@/lib/logs/server/test-world-records.ts";
import { cases } from "./test-cases.ts";
import { comparable, plainQuestions } from "./test-compare.ts";
import { type Asked, ask, type Endpoint, endpoints, follow, type Told } from "./test-routes.ts";

const found = await endpoints();

let installation: TestInstallation;
let here: TestWorld;
let there: TestWorld;
let ours: Names;
let theirs: Names;
let nobodys: Names;
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId, otherOrganizationId } = installation;
  here = await makeWorld(installation, organizationId, "alpha", "2026-11-20T10:00:00.123456Z");
  there = await makeWorld(installation, otherOrganizationId, "bravo", "2026-11-20T10:00:01.123456Z");
  ours = await namesOf(here);
  theirs = await namesOf(there);
  nobodys = absentNames(theirs, "omega");
});
afterAll(() => installation.remove());

function endpointOf(name: string): Endpoint {
  const endpoint = found.find((one) => one.name === name);
  if (!endpoint) throw new Error(`There is no ${name}`);
  return endpoint;
}

let asks = 0;

async function askHere(endpoint: Endpoint, asked: Asked): Promise<Told & { requestId: string }> {
  const requestId = `isolation-${asks++}`;
  const facts = { "x-daybook-request-id": requestId, "x-daybook-address": "192.0.2.9" };
  const headers = { ...asked.headers, ...facts, cookie: here.cookies.superuser };
  return { ...(await ask(endpoint, { ...asked, headers })), requestId };
}

describe("nothing crosses from one organization to another", () => {
  it("every route under app/api has its cases", () => {
    expect(found.map(({ name }) => name)).toEqual(Object.keys(cases).sort());
  });

  const reads = found.filter(({ name }) => name.startsWith("GET /api/v1/") && !name.includes("[id]"));
  it.each(reads)("$name holds nothing of another organization", async (endpoint) => {
    for (const asked of plainQuestions(here)[endpoint.name] ?? [{}]) {
      const { status, text } = await askHere(endpoint, asked);
      expect(status, JSON.stringify(asked)).toBe(200);
      expect(text, JSON.stringify(asked)).not.toContain(there.word);
      expect(text, JSON.stringify(asked)).not.toContain(there.organizationId);
    }
  });

  it("the stream of sources tells of those here only", async () => {
    const headers = { cookie: here.cookies.superuser };
    const text = await follow(endpointOf("GET /api/v1/sources/live"), { headers }, (all) =>
      all.includes("event: sources"),
    );
    expect(text).toContain(here.ids.source);
    expect(text).not.toContain(there.word);
  });

  it.each(slugs)(
    "a stream of %s tells what is recorded here, and nothing of what is recorded there",
    async (log) => {
      const endpoint = endpointOf("GET /api/v1/logs/[log]/live");
      const headers = { cookie: here.cookies.superuser };
      const asked = { params: { log }, query: { since: "1.0.-1" }, headers };
      const stream = follow(endpoint, asked, (text) => text.includes("later"));
      const later = `2026-11-20T11:00:${String(slugs.indexOf(log)).padStart(2, "0")}Z`;
      await there.source.post(lines(worldRecords("bravo later", ["bravo"], later)));
      await here.source.post(lines(worldRecords("alpha later", ["alpha later"], later)));
      const text = await stream;
      expect(text).toContain("alpha later");
      expect(text).toContain(here.keys[log].slice(28));
      expect(text).not.toContain(there.word);
    },
  );

  const naming = found.filter(({ name }) => (cases[name]?.length ?? 0) > 0);
  it.each(naming)(
    "$name: what is another organization's answers as if it were not there, and stays",
    async (endpoint) => {
      const before = await everythingOf(there.organizationId);
      const absent = cases[endpoint.name]?.(nobodys, ours) ?? [];
      const requestIds: string[] = [];
      for (const [place, asked] of (cases[endpoint.name]?.(theirs, ours) ?? []).entries()) {
        const answer = await askHere(endpoint, asked);
        const expected = await askHere(endpoint, absent[place] ?? {});
        expect(answer.status, JSON.stringify(asked)).toBeLessThan(500);
        expect(comparable(answer, theirs), JSON.stringify(asked)).toBe(comparable(expected, nobodys));
        requestIds.push(answer.requestId, expected.requestId);
      }
      expect(await everythingOf(there.organizationId)).toBe(before);
      const events = await pool().query<{ id: string }>(
        `SELECT request_id AS id FROM user_events
         WHERE organization_id = $1 AND request_id = ANY($2) AND user_name = $3`,
        [here.organizationId, requestIds, here.users.superuser.email],
      );
      expect(events.rows.map(({ id }) => id).sort()).toEqual(requestIds.sort());
    },
    60_000,
  );
});
