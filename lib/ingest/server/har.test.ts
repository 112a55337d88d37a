import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { listQuarantine } from "./manage.ts";
import { testSource } from "./test-source.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const sample = readFileSync("samples/har/chromium.har", "utf8");
const post = (settings: { [name: string]: string }) =>
  testSource(installation.organizationId, "http-access", settings);

async function sessionsOf(sourceId: string) {
  const found = await pool().query<{ user: string; target: string; time: string; requests: string }>(
    `SELECT c.user_name AS user, c.target, to_char(c.time AT TIME ZONE 'UTC', 'HH24:MI:SS.MS') AS time,
       (SELECT count(*) FROM session_requests r WHERE r.connection_id = c.id) AS requests
     FROM connections c WHERE c.source_id = $1`,
    [sourceId],
  );
  return found.rows;
}

it("a HAR file sent twice, without a key, is one session", async () => {
  const source = await post({ user: "ann@example.org" });
  const none = { duplicates: 0, quarantined: 0, skipped: 0 };
  expect(await source.post(sample)).toEqual({ ...none, accepted: 8 });
  expect(await source.post(sample)).toEqual({ ...none, accepted: 0, duplicates: 8 });
  expect(await sessionsOf(source.id)).toEqual([
    { user: "ann@example.org", target: "shop.example.org:40331", time: "22:47:01.733", requests: "8" },
  ]);
});

it("entries that cannot be read go to quarantine, the others are stored from the earliest on", async () => {
  const source = await post({ user: "ann@example.org", target: "shop" });
  const file = JSON.parse(sample) as { log: { entries: { [name: string]: unknown }[] } };
  file.log.entries.reverse();
  Object.assign(file.log.entries[3] ?? {}, { startedDateTime: null });
  Object.assign(file.log.entries[4] ?? {}, { startedDateTime: "1970-01-01T00:00:00Z" });
  const result = await source.post(JSON.stringify(file));
  expect(result).toEqual({ accepted: 6, duplicates: 0, quarantined: 2, skipped: 0 });
  expect(await sessionsOf(source.id)).toEqual([
    { user: "ann@example.org", target: "shop", time: "22:47:01.733", requests: "6" },
  ]);
  const held = await listQuarantine(installation.organizationId, source.id);
  expect(held.map(({ reason }) => reason).sort()).toEqual([
    "startedDateTime: must be a time of RFC 3339 with its zone",
    "time: 1970-01-01T00:00:00Z lies outside the record",
  ]);
});

it("hostile texts of a HAR file are stored as texts", async () => {
  const source = await post({ user: "ann@example.org" });
  const body = sample.replace(/\/logo\.png"/, '/\\ud800\\u0000<script>?__proto__=1"');
  expect(await source.post(body)).toMatchObject({ accepted: 8 });
});

it("a source that does not say whose a HAR file is stores nothing of it", async () => {
  const source = await post({});
  await expect(source.post(sample)).rejects.toThrow(/user: a HAR file names no person.*Nothing of the body/);
  expect(await sessionsOf(source.id)).toEqual([]);
});
