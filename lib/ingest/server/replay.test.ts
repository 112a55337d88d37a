import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { BadBody, type IngestKind, type MapContext } from "../define.ts";
import { listQuarantine, listSources } from "./manage.ts";
import { dismissRecord, replayRecord } from "./quarantine-workflows.ts";
import { prepareReplay, requireHeld } from "./replay.ts";
import { lines, type TestSource, testSource } from "./test-source.ts";

let installation: TestInstallation;
let ann: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  ann = testPrincipal(await installation.addUser("admin", { email: "ann@example.org" }));
});
afterAll(() => installation.remove());

const login =
  "2026-11-20T10:00:00.000000+00:00 web-1 sshd[7]: Accepted password for root from 203.0.113.9 port 50022 ssh2\n";

/** A source whose setting is wrong, so that every line goes to quarantine, and the record that did. */
async function withHeldLine(line = login): Promise<{ source: TestSource; id: string }> {
  const source = await testSource(installation.organizationId, "sshd", { timeZone: "Mars/Olympus" });
  await source.post(line, "body-1");
  return { source, id: await onlyHeld(source) };
}

async function onlyHeld(source: TestSource): Promise<string> {
  const held = await listQuarantine(installation.organizationId, source.id);
  expect(held).toHaveLength(1);
  return held[0]?.id ?? "";
}

const repair = (source: TestSource) =>
  pool().query("UPDATE sources SET settings = '{}' WHERE id = $1", [source.id]);

async function eventsOf(source: TestSource) {
  const found = await pool().query<{
    record: string;
    raw: Buffer;
    receivedAt: string;
    user: string;
    connection: string;
  }>(
    `SELECT e.source_record_id AS record, e.raw, e.received_at::text AS "receivedAt", e.user_name AS user, c.id AS connection
     FROM connection_events e JOIN connections c ON c.id = e.connection_id WHERE e.source_id = $1 ORDER BY e.time, e.seq`,
    [source.id],
  );
  return found.rows;
}

async function stored(id: string) {
  const found = await pool().query<{ state: string; by: string | null; receivedAt: string; raw: Buffer }>(
    `SELECT state, resolved_by AS by, received_at::text AS "receivedAt", raw FROM quarantined_records WHERE id = $1`,
    [id],
  );
  return found.rows[0];
}

async function workflowsOf(id: string) {
  const found = await pool().query<{ event: string; description: string; initiator: string; custom: object }>(
    `SELECT event_type AS event, event_description AS description, initiator, custom_values AS custom
     FROM audit_events WHERE target_id = $1 ORDER BY time, seq`,
    [id],
  );
  return found.rows;
}

describe("replaying a quarantined record", () => {
  it("makes its rows after a fix, under its first id and time of receipt", async () => {
    const { source, id } = await withHeldLine();
    const before = await stored(id);
    await repair(source);
    expect(await replayRecord(ann, source.id, id)).toBe(1);
    const [event, ...others] = await eventsOf(source);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ record: "body-1:1", user: "root", receivedAt: before?.receivedAt });
    expect(event?.raw.toString()).toBe(before?.raw.toString());
    expect(await stored(id)).toMatchObject({ state: "replayed", by: "ann@example.org" });
    expect(await listQuarantine(installation.organizationId, source.id)).toEqual([]);
  });

  it("is in the audit log, with the reason for which the record was kept aside", async () => {
    const { source, id } = await withHeldLine();
    await repair(source);
    await replayRecord(ann, source.id, id);
    const [attempting, done] = await workflowsOf(id);
    expect(attempting).toMatchObject({ event: "quarantinedRecord:replaying", initiator: "ann@example.org" });
    expect(attempting?.custom).toMatchObject({ sourceId: source.id, recordId: "body-1:1" });
    expect(JSON.stringify(attempting?.custom)).toContain("Mars/Olympus");
    expect(done).toMatchObject({
      event: "quarantinedRecord:replayed",
      description: `Replayed a quarantined record of ${source.name}`,
    });
  });

  it("counts the record as accepted", async () => {
    const { source, id } = await withHeldLine();
    await repair(source);
    await replayRecord(ann, source.id, id);
    const health = (await listSources(installation.organizationId)).find((line) => line.id === source.id);
    expect(health).toMatchObject({
      accepted: 1,
      quarantined: 0,
      lastRecordTime: "2026-11-20T10:00:00.000000Z",
    });
  });

  it("says why it still cannot be understood, and leaves it where it is", async () => {
    const { source, id } = await withHeldLine();
    await expect(replayRecord(ann, source.id, id)).rejects.toMatchObject({
      status: 409,
      detail:
        "The record still cannot be understood: the source's setting timeZone is no time zone: Mars/Olympus.",
    });
    expect(await stored(id)).toMatchObject({ state: "open", by: null });
    expect(await eventsOf(source)).toEqual([]);
    expect(await workflowsOf(id)).toEqual([]);
  });

  it("makes no row of a record that says nothing, and puts it away", async () => {
    const { source, id } = await withHeldLine("2026-11-20T10:00:00.000000+00:00 web-1 cron[1]: hourly\n");
    await repair(source);
    expect(await replayRecord(ann, source.id, id)).toBe(0);
    expect(await stored(id)).toMatchObject({ state: "replayed" });
  });

  it("happens once, however many ask for it at the same time", async () => {
    const { source, id } = await withHeldLine();
    await repair(source);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => replayRecord(ann, source.id, id)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ status: 404 });
    }
    expect(await eventsOf(source)).toHaveLength(1);
  });

  it("is not undone by the source sending the record again", async () => {
    const { source, id } = await withHeldLine();
    await repair(source);
    await replayRecord(ann, source.id, id);
    expect(await source.post(login, "body-1")).toMatchObject({ duplicates: 1, accepted: 0, quarantined: 0 });
    expect(await eventsOf(source)).toHaveLength(1);
  });

  it("stores nothing under an id that another record has, whatever became of that one", async () => {
    const source = await testSource(installation.organizationId, "native");
    const record = { log: "commands", id: "1", time: "2026-11-20T10:00:00Z", user: "ann", target: "web-1" };
    await source.post(lines([{ ...record, command: "one" }]));
    expect(await source.post(lines([{ ...record, command: "two" }]))).toMatchObject({ quarantined: 1 });
    expect(await listQuarantine(installation.organizationId, source.id)).toMatchObject([{ idTaken: true }]);
    const id = await onlyHeld(source);
    await expect(replayRecord(ann, source.id, id)).rejects.toMatchObject({
      status: 409,
      detail: expect.stringContaining("Another record of this source has the id 1"),
    });
    expect(await stored(id)).toMatchObject({ state: "open", by: null });
    await dismissRecord(ann, source.id, id);
    const found = await pool().query("SELECT command FROM commands WHERE source_id = $1", [source.id]);
    expect(found.rows).toEqual([{ command: "one" }]);

    const [first, second] = [{ ...record, id: "2" }, lines([{ ...record, id: "2", command: "two" }])];
    expect(await source.post(lines([first]))).toMatchObject({ quarantined: 1 });
    await dismissRecord(ann, source.id, await onlyHeld(source));
    expect(await source.post(second)).toMatchObject({ quarantined: 1 });
    await expect(replayRecord(ann, source.id, await onlyHeld(source))).rejects.toMatchObject({ status: 409 });
  });

  it("names both reasons of a record that is unclear besides", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post('{"log":"commands","id":"1"}\n{"log":"commands","id":"1","n":1}\n');
    const reasons = (await listQuarantine(installation.organizationId, source.id)).map((line) => [
      line.idTaken,
      line.reason.slice(0, 60),
    ]);
    expect(reasons).toEqual([
      [true, "another record has the id 1 and other content; time: missing"],
      [false, expect.stringMatching(/^time: missing/)],
    ]);
  });

  it("asks for the source that the record belongs to, and for its organization", async () => {
    const { source, id } = await withHeldLine();
    await repair(source);
    const sibling = await testSource(installation.organizationId, "sshd");
    const stranger = testPrincipal(
      await installation.addUser("admin", { organizationId: installation.otherOrganizationId }),
    );
    await expect(replayRecord(ann, sibling.id, id)).rejects.toMatchObject({ status: 404 });
    await expect(replayRecord(stranger, source.id, id)).rejects.toMatchObject({ status: 404 });
    await expect(dismissRecord(stranger, source.id, id)).rejects.toMatchObject({ status: 404 });
    expect(await stored(id)).toMatchObject({ state: "open" });
  });

  it("turns a body that cannot be read at all into the same answer", async () => {
    const { source, id } = await withHeldLine();
    const held = await requireHeld(installation.organizationId, source.id, id);
    const kind: IngestKind = {
      ...held.source.kind,
      split: () => {
        throw new BadBody("The body is no EventList");
      },
    };
    await expect(prepareReplay({ ...held, source: { ...held.source, kind } })).rejects.toMatchObject({
      status: 409,
      detail: "The record still cannot be understood: The body is no EventList.",
    });
  });

  it("leaves masks as they are, and masks what a new rule finds", async () => {
    const { source, id } = await withHeldLine();
    const held = await requireHeld(installation.organizationId, source.id, id);
    let seen: MapContext | undefined;
    const kind: IngestKind = {
      ...held.source.kind,
      split: (_body, context) => {
        seen = context;
        return [];
      },
    };
    await expect(prepareReplay({ ...held, source: { ...held.source, kind } })).rejects.toMatchObject({
      status: 409,
    });
    const once = seen?.mask("hush") ?? "";
    expect(once).toMatch(/^\[masked sha256:[0-9a-f]{16}\]$/);
    expect(seen?.mask(Buffer.from(once))).toBe(once);
    expect(seen?.mask(`${once} `)).not.toContain(once);
  });
});

describe("dismissing a quarantined record", () => {
  it("takes it off the list, keeps its bytes, and is in the audit log", async () => {
    const { source, id } = await withHeldLine();
    await dismissRecord(ann, source.id, id);
    expect(await listQuarantine(installation.organizationId, source.id)).toEqual([]);
    const kept = await stored(id);
    expect(kept).toMatchObject({ state: "dismissed", by: "ann@example.org" });
    expect(kept?.raw.toString()).toBe(login.trimEnd());
    expect((await workflowsOf(id)).map(({ event }) => event)).toEqual([
      "quarantinedRecord:dismissing",
      "quarantinedRecord:dismissed",
    ]);
    await expect(dismissRecord(ann, source.id, id)).rejects.toMatchObject({ status: 404 });
    await expect(replayRecord(ann, source.id, id)).rejects.toMatchObject({ status: 404 });
  });
});
