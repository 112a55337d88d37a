import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { rebuildConnections } from "./connections.ts";
import { lines, type TestSource, testSource } from "./test-source.ts";

let installation: TestInstallation;
let source: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "native");
});
afterAll(() => installation.remove());

let sent = 0;
const event = (ref: string, name: string, time: string, more: object = {}) => ({
  log: "connection-events",
  id: `event ${++sent}`,
  time,
  user: "ann@example.org",
  target: "web-1",
  kind: "ssh",
  connectionRef: ref,
  event: name,
  ...more,
});

async function connections(): Promise<unknown[]> {
  const found = await pool().query(
    `SELECT ref, status, events, time, end_time, last_event_time, cause FROM connections
     WHERE organization_id = $1 ORDER BY ref`,
    [installation.organizationId],
  );
  return found.rows;
}

it("count every event of a connection, however far apart and in whatever order they come", async () => {
  // Months apart: each lies in a partition of its own.
  await source.post(lines([event("a", "connected", "2026-07-05T10:00:00.5Z")]));
  await source.post(lines([event("a", "closed", "2026-11-20T10:00:00.25Z", { cause: "done" })]));
  await source.post(
    lines([event("a", "open", "2026-03-01T00:00:00Z"), event("b", "open", "2026-11-20T10:00:01Z")]),
  );
  await source.post(lines([event("a", "disconnected", "2026-09-09T09:09:09.999999Z")]));
  const before = await connections();
  expect(before).toMatchObject([
    { ref: "a", status: "closed", events: 4, cause: "done", time: new Date("2026-03-01T00:00:00Z") },
    { ref: "b", status: "opened", events: 1, end_time: null },
  ]);
  await inTransaction((client) => rebuildConnections(client, installation.organizationId));
  expect(await connections()).toEqual(before);
});
