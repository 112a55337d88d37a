import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuditEventType, Step } from "@/lib/audit/catalog/define.ts";
import { catalogEntries, catalogEntry } from "@/lib/audit/catalog.ts";
import { ownFaults } from "@/lib/audit/event-faults.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { isSampleOrganization } from "./sample-organization.ts";
import { loadSamples } from "./samples.ts";

let installation: TestInstallation;
let first: number;
beforeAll(async () => {
  installation = await testInstallation();
  first = await loadSamples(installation.organizationId);
});
afterAll(() => installation.remove());

const ask = async <T>(sql: string): Promise<T[]> =>
  (await pool().query({ text: sql, values: [installation.organizationId], rowMode: "array" })).rows.map(
    ([value]) => value as T,
  );

it("are stored whole, and once however often they are loaded", async () => {
  expect(first).toBeGreaterThan(400);
  expect(await loadSamples(installation.organizationId)).toBe(0);
  expect(await ask("SELECT id FROM quarantined_records WHERE organization_id = $1")).toEqual([]);
});

it("are those of a small company: known hosts and clusters, each command and connection in a space", async () => {
  const clusters = "SELECT DISTINCT cluster FROM kubernetes_api_calls WHERE organization_id = $1 ORDER BY 1";
  expect(await ask(clusters)).toEqual(["eu-1", "lab"]);
  for (const table of ["commands", "connections", "connection_events"]) {
    const targets = await ask<string>(`SELECT DISTINCT target FROM ${table} WHERE organization_id = $1`);
    expect(
      targets.filter((target) => !["vm", "shop-db"].includes(target) && !target.startsWith("lab/")),
    ).toEqual([]);
    const spaces = await ask(`SELECT DISTINCT space FROM ${table} WHERE organization_id = $1 ORDER BY 1`);
    expect(spaces, table).toEqual(["production", "staging"]);
  }
  const described = await ask(
    "SELECT name FROM spaces WHERE organization_id = $1 AND description <> '' ORDER BY 1",
  );
  expect(described).toEqual(["production", "staging"]);
});

it("tell of every workflow of other products, with all that is captured of it", async () => {
  const foreign = catalogEntries().filter((entry) => entry.foreign);
  const types = await ask<string>(
    "SELECT DISTINCT workflow_type FROM audit_events WHERE organization_id = $1",
  );
  for (const { type } of foreign) expect(types).toContain(type);
  const rows = await readFile("samples/endpoint-backup/audit-log.ndjson", "utf8");
  for (const line of rows.trimEnd().split("\n")) {
    const event = JSON.parse(line);
    const steps = Object.entries(catalogEntry(event.workflowType)?.events ?? {}) as [Step, AuditEventType][];
    const [step = "done"] = steps.find(([, { type }]) => type === event.eventType) ?? [];
    expect(ownFaults(event, step), line).toEqual([]);
    expect(event.customValues.sample).toBe(true);
    expect(event.eventDescription).toMatch(/^Sample: /);
  }
});

it("are told apart from an organization of one's own", async () => {
  const { organizationId, otherOrganizationId } = installation;
  await pool().query("UPDATE sources SET settings = $2 WHERE organization_id = $1 AND kind = 'daybook'", [
    organizationId,
    { samples: "loaded" },
  ]);
  expect(await isSampleOrganization(organizationId)).toBe(true);
  expect(await isSampleOrganization(otherOrganizationId)).toBe(false);
});
