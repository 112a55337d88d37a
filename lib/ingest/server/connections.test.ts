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

it("have a place where a record says one, the opening event's first", async () => {
  const places = async () => {
    const found = await pool().query<{ ref: string; place: string | null }>(
      "SELECT ref, place FROM connections WHERE organization_id = $1 AND ref LIKE 'place%' ORDER BY ref",
      [installation.organizationId],
    );
    return found.rows.map(({ place }) => place);
  };
  const at = "2026-11-20T10:00:00Z";
  await source.post(
    lines([
      event("place 1", "connected", at, { city: "Rome", country: "Italy" }),
      event("place 1", "open", at, { city: "Graz", country: "Austria" }),
      event("place 2", "open", at, { country: "Peru" }),
      event("place 3", "open", at),
    ]),
  );
  expect(await places()).toEqual(["Graz, Austria", "Peru", null]);
  await inTransaction((client) => rebuildConnections(client, installation.organizationId));
  expect(await places()).toEqual(["Graz, Austria", "Peru", null]);
  expect(await source.post(lines([event("place 4", "open", at, { city: "" })]))).toMatchObject({
    accepted: 0,
    quarantined: 1,
  });
});

it("and commands are of the source's space where their record names none", async () => {
  const spaced = await testSource(installation.organizationId, "native", { space: "production" });
  const command = { log: "commands", time: "2026-11-20T10:00:00Z", user: "u", target: "t", command: "c" };
  await spaced.post(
    lines([
      { ...event("s 1", "open", "2026-11-20T10:00:00Z"), id: "1" },
      { ...event("s 2", "open", "2026-11-20T10:00:00Z", { space: "own" }), id: "2" },
      { ...command, id: "3" },
      { ...command, id: "4", space: "own" },
    ]),
  );
  for (const table of ["connection_events", "connections", "commands"]) {
    const found = await pool().query(`SELECT space FROM ${table} WHERE source_id = $1 ORDER BY space`, [
      spaced.id,
    ]);
    expect(found.rows, table).toEqual([{ space: "own" }, { space: "production" }]);
  }
  const known = await pool().query("SELECT name FROM spaces WHERE organization_id = $1 ORDER BY name", [
    installation.organizationId,
  ]);
  expect(known.rows).toEqual([{ name: "own" }, { name: "production" }]);
});
