import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines } from "@/lib/ingest/server/test-source.ts";
import { absentNames, type Names, namesOf, slugs } from "@/lib/logs/server/test-names.ts";
import { everythingOf, makeWorld, type TestWorld } from "@/lib/logs/server/test-world.ts";
import { worldRecords } from "@/lib/logs/server/test-world-records.ts";
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

const endpointOf = (name: string): Endpoint => endpointNamed(found, name);

let asks = 0;

async function askHere(endpoint: Endpoint, asked: Asked): Promise<Told & { requestId: string }> {
  const requestId = `isolation-${asks++}`;
  const facts = { "x-daybook-request-id": requestId, "x-daybook-address": "192.0.2.9" };
  const headers = { ...asked.headers, ...facts, cookie: here.cookies.superuser };
  return { ...(await ask(endpoint, { ...asked, headers })), requestId };
}

let lastSeq = 0;

/** What the audit log of the organization has had since the last look, in order, without ids and times of its own. */
async function auditTail(): Promise<string> {
  const found = await pool().query<{ seq: string; said: string }>(
    `SELECT seq, concat_ws(' ', event_type, operation_status, target, target_id, event_description, custom_values,
       original_state, updated_state) AS said
     FROM audit_events WHERE organization_id = $1 AND seq > $2 ORDER BY seq`,
    [here.organizationId, lastSeq],
  );
  lastSeq = Number(found.rows.at(-1)?.seq ?? lastSeq);
  return found.rows.map(({ said }) => said).join("\n");
}

/** What was recorded, without the names that were asked for and what differs between two askings of the same. */
function named(said: string, names: Names): string {
  return comparable({ status: 0, headers: {}, text: said }, names)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replace(/db[dks]_[0-9A-Za-z]{6}/g, "<prefix>")
    .replace(/[0-9A-F]{2}(:[0-9A-F]{2}){31}/g, "<fingerprint>")
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00)?/g, "<time>")
    .replace(/[0-9a-f]{64}/g, "<digest>");
}

it("there is no server action, which this walk would not know of", () => {
  const files = ["app", "components", "lib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
      .map((file) => path.join(folder, file)),
  );
  expect(files.filter((file) => /^\s*["']use server["']/m.test(readFileSync(file, "utf8")))).toEqual([]);
});

it("there is no route elsewhere that has no such test of its own", () => {
  const elsewhere = readdirSync("app", { recursive: true, encoding: "utf8" }).filter(
    (file) => /(^|\/)route\.tsx?$/.test(file) && !file.startsWith("api/"),
  );
  expect(elsewhere.sort()).toEqual([
    // Names nothing, and sums over all: app/metrics/metrics.test.ts.
    "metrics/route.ts",
    // With the token of an identity provider alone: lib/scim/server.
    "scim/v2/[[...path]]/route.ts",
  ]);
});

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
      const audited = async () => (await auditTail()).replaceAll(/isolation-\d+/g, "<request>");
      for (const [place, asked] of (cases[endpoint.name]?.(theirs, ours) ?? []).entries()) {
        await auditTail();
        const answer = await askHere(endpoint, asked);
        const left = await audited();
        const expected = await askHere(endpoint, absent[place] ?? {});
        expect(named(left, theirs), JSON.stringify(asked)).toBe(named(await audited(), nobodys));
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
