import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { rebuildConnections } from "@/lib/ingest/server/connections.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { mmdb } from "../test-mmdb.ts";
import { openPlaces, placeOf, placesFolder } from "./places.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const file = () => path.join(placesFolder(), "city.mmdb");

async function install(bytes: Buffer): Promise<void> {
  mkdirSync(placesFolder(), { recursive: true });
  writeFileSync(file(), bytes);
  await openPlaces();
}

const flat = mmdb([
  { range: "192.0.2.0/24", record: { city: "Graz", country_code: "AT" } },
  { range: "198.51.100.7", record: { city: "", country_code: "PE" } },
]);

it("knows nothing but private networks without a database", async () => {
  await openPlaces();
  expect(placeOf("192.0.2.7")).toBeUndefined();
  for (const address of ["10.1.2.3", "127.0.0.1", "fd00::1", "::ffff:192.168.1.1", "100.64.0.1"])
    expect(placeOf(address)).toEqual({ placeSource: "address" });
  expect(placeOf("web-1")).toBeUndefined();
});

it("tells city and country with the month of the database, and IPv6 nothing that is IPv4's", async () => {
  await install(flat);
  expect(placeOf("192.0.2.7")).toEqual({ city: "Graz", country: "Austria", placeSource: "DB-IP 2026-05" });
  expect(placeOf("::ffff:192.0.2.7")).toMatchObject({ city: "Graz" });
  expect(placeOf("198.51.100.7")).toEqual({ country: "Peru", placeSource: "DB-IP 2026-05" });
  expect(placeOf("203.0.113.1")).toBeUndefined();
  expect(placeOf("c000:0200::1")).toBeUndefined();
});

it("notices another database, and reads MaxMind's form too", async () => {
  await install(
    mmdb(
      [
        {
          range: "192.0.2.0/24",
          record: { city: { names: { en: "Linz" } }, country: { iso_code: "AT", names: { en: "Austria" } } },
        },
      ],
      { databaseType: "GeoLite2-City" },
    ),
  );
  expect(placeOf("192.0.2.7")).toEqual({
    city: "Linz",
    country: "Austria",
    placeSource: "GeoLite2-City 2026-05",
  });
});

it("goes on without places when a database is broken or gone", async () => {
  await install(Buffer.from("nonsense"));
  expect(placeOf("192.0.2.7")).toBeUndefined();
  await install(Buffer.concat([Buffer.alloc(64, 0xff), flat.subarray(-260)]));
  expect(placeOf("192.0.2.7")).toBeUndefined();
  await install(flat);
  expect(placeOf("192.0.2.7")).toBeDefined();
  rmSync(file());
  await openPlaces();
  expect(placeOf("192.0.2.7")).toBeUndefined();
});

it("stays with a connection as it was when the connection came, whatever is said later", async () => {
  await install(flat);
  const source = await testSource(installation.organizationId, "native");
  const event = (ref: string, facts: object) => ({
    log: "connection-events",
    id: ref,
    time: "2026-11-20T10:00:00Z",
    user: "ann",
    target: "web-1",
    kind: "ssh",
    event: "open",
    connectionRef: ref,
    ...facts,
  });
  await source.post(
    lines([
      event("known", { clientAddress: "192.0.2.7" }),
      event("told", { clientAddress: "192.0.2.7", city: "Rome" }),
      event("private", { clientAddress: "10.0.0.1" }),
      event("unknown", { clientAddress: "203.0.113.1" }),
    ]),
  );
  const places = async () => {
    const found = await pool().query<{ ref: string; place: string; by: string }>(
      "SELECT ref, place, place_source AS by FROM connections WHERE source_id = $1 ORDER BY ref",
      [source.id],
    );
    return found.rows;
  };
  const expected = [
    { ref: "known", place: "Graz, Austria", by: "DB-IP 2026-05" },
    { ref: "private", place: "private network", by: "address" },
    { ref: "told", place: "Rome", by: "the source" },
    { ref: "unknown", place: null, by: null },
  ];
  expect(await places()).toEqual(expected);
  await install(mmdb([{ range: "192.0.2.0/24", record: { city: "Wien", country_code: "AT" } }]));
  const later = Date.now() / 1000 + 60;
  utimesSync(file(), later, later);
  await openPlaces();
  await inTransaction((client) => rebuildConnections(client, installation.organizationId));
  expect(await places()).toEqual(expected);
  const raw = await pool().query<{ raw: Buffer }>(
    "SELECT raw FROM connection_events WHERE source_id = $1 AND connection_ref = 'known'",
    [source.id],
  );
  expect(raw.rows[0]?.raw.toString()).not.toContain("Graz");
});
