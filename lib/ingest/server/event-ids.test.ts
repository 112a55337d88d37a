import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, type TestSource, testSource } from "./test-source.ts";

let installation: TestInstallation;
let one: TestSource;
let other: TestSource;
let elsewhere: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId, otherOrganizationId } = installation;
  one = await testSource(organizationId, "native");
  other = await testSource(organizationId, "native");
  elsewhere = await testSource(otherOrganizationId, "native");
});
afterAll(() => installation.remove());

let made = 0;
const record = (eventId: string, more: object = {}) => ({
  log: "audit-log",
  id: `r${++made}`,
  eventId,
  time: "2026-11-20T10:00:00.5Z",
  workflowId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c904",
  workflowType: "epbasset:delete",
  eventType: "epbasset:deleted",
  initiator: "K1",
  initiatorType: "external-system",
  target: "laptop",
  operationStatus: "success",
  ...more,
});

const stored = async (eventId: string, organizationId = installation.organizationId) =>
  (
    await pool().query(
      "SELECT id::text, event_id, time FROM audit_events WHERE organization_id = $1 AND id = $2",
      [organizationId, eventId],
    )
  ).rows;

describe("the Id of an event", () => {
  it("is one in its organization: the same event is stored once, by whatever source and under whatever record", async () => {
    const id = "0193a4c2-8f3a-7c10-8a51-0000000000a1";
    const event = record(id);
    expect(await one.post(lines([event]))).toMatchObject({ accepted: 1 });
    const again = { ...event, id: "again", time: "2026-11-20T10:00:00.500000Z" };
    expect(await one.post(lines([again]))).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await other.post(lines([again, again]))).toMatchObject({ accepted: 0, duplicates: 2 });
    expect(await stored(id)).toHaveLength(1);
  });

  it("with other content goes into quarantine, and stays there", async () => {
    const id = "0193a4c2-8f3a-7c10-8a51-0000000000a2";
    const event = record(id);
    const later = record(id, { time: "2026-12-20T10:00:00Z" });
    expect(await one.post(lines([event, later]))).toMatchObject({ accepted: 1, quarantined: 1 });
    expect(await other.post(lines([record(id, { target: "server" })]))).toMatchObject({ quarantined: 1 });
    const held = await pool().query<{ reason: string }>(
      "SELECT reason FROM quarantined_records WHERE source_id = $1",
      [other.id],
    );
    expect(held.rows).toEqual([
      { reason: `eventId: another event of this organization has the Id ${id} and other content` },
    ]);
    expect(await stored(id)).toHaveLength(1);
  });

  it("is the same in either case, is kept as it is written, and orders rows of one time", async () => {
    const id = "0193A4C2-8F3A-7C10-8A51-0000000000A3";
    expect(await one.post(lines([record(id)]))).toMatchObject({ accepted: 1 });
    expect(await stored(id)).toMatchObject([{ id: id.toLowerCase(), event_id: id }]);
    expect(await other.post(lines([record(id.toLowerCase())]))).toMatchObject({ quarantined: 1 });
  });

  it("may be somebody else's in another organization", async () => {
    const id = "0193a4c2-8f3a-7c10-8a51-0000000000a4";
    expect(await one.post(lines([record(id)]))).toMatchObject({ accepted: 1 });
    expect(await elsewhere.post(lines([record(id, { target: "theirs" })]))).toMatchObject({ accepted: 1 });
    expect(await stored(id, installation.otherOrganizationId)).toHaveLength(1);
  });

  it("is stored once when two sources send it at once", async () => {
    const id = "0193a4c2-8f3a-7c10-8a51-0000000000a5";
    const results = await Promise.all([one, other].map((source) => source.post(lines([record(id)]))));
    expect(results.map(({ accepted }) => accepted).sort()).toEqual([0, 1]);
    expect(results.map(({ duplicates }) => duplicates).sort()).toEqual([0, 1]);
  });
});

describe("an audit event by another product", () => {
  it("gets its category and target type from the catalogue", async () => {
    const id = "0193a4c2-8f3a-7c10-8a51-0000000000b1";
    await one.post(lines([record(id)]));
    const found = await pool().query(
      "SELECT category, target_type AS type FROM audit_events WHERE organization_id = $1 AND id = $2",
      [installation.organizationId, id],
    );
    expect(found.rows).toEqual([{ category: "Asset Management", type: "epbAsset" }]);
  });

  it.each([
    [
      { workflowType: "user:creation" },
      "workflowType: user:creation is of Daybook's own, which no other product may use",
    ],
    [{ workflowType: "asset:delete" }, "workflowType: asset:delete is not in the catalogue"],
    [{ operationStatus: "failure" }, "operationStatus: of epbasset:deleted must be success or warning"],
    [
      { customValues: { deletionStatus: 7 } },
      "customValues.deletionStatus: must be one of deleting, deleted, deletion-failed",
    ],
    [{ workflowId: "w" }, "workflowId: must be a UUID"],
  ])("goes into quarantine, which says why: %j", async (more, reason) => {
    const { id } = record(crypto.randomUUID());
    expect(await one.post(lines([{ ...record(crypto.randomUUID(), more), id }]))).toMatchObject({
      quarantined: 1,
    });
    const held = await pool().query<{ reason: string }>(
      "SELECT reason FROM quarantined_records WHERE source_record_id = $1",
      [id],
    );
    expect(held.rows[0]?.reason).toContain(reason);
  });
});
