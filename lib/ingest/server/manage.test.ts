import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { quarantinePage } from "../source-line.ts";
import { createSource, listQuarantine, listSources, renewSourceToken, setSourceDisabled } from "./manage.ts";
import { findSource } from "./sources.ts";
import { lines, testSource } from "./test-source.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const command = (id: string, time: string) => ({
  log: "commands",
  id,
  time,
  user: "ann",
  target: "web-1",
  command: "id",
});

async function healthOf(id: string) {
  const source = (await listSources(installation.organizationId)).find((line) => line.id === id);
  if (!source) throw new Error("The source is not listed");
  return source;
}

describe("the list of sources", () => {
  it("says of a new source that nothing came yet", async () => {
    const source = await testSource(installation.organizationId, "native", { cluster: "blue" });
    expect(await healthOf(source.id)).toEqual({
      id: source.id,
      name: source.name,
      kind: "native",
      settings: { cluster: "blue" },
      state: "never",
      tokenPrefix: source.token.slice(0, 10),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      disabledAt: null,
      lastReceivedAt: null,
      lastRecordTime: null,
      perMinute: 0,
      accepted: 0,
      duplicates: 0,
      skipped: 0,
      quarantined: 0,
    });
  });

  it("counts what became of the records, and names the latest time they told", async () => {
    const source = await testSource(installation.organizationId, "native");
    const good = lines([command("1", "2026-11-20T10:00:00.25Z"), command("2", "2026-11-20T09:00:00Z")]);
    await source.post(good);
    await source.post(`${good}{"log":"commands","id":"3"}\n`);
    const health = await healthOf(source.id);
    expect(health).toMatchObject({
      state: "receiving",
      accepted: 2,
      duplicates: 2,
      quarantined: 1,
      skipped: 0,
    });
    expect(health.lastRecordTime).toBe("2026-11-20T10:00:00.250000Z");
    expect(Math.abs(Date.parse(health.lastReceivedAt ?? "") - Date.now())).toBeLessThan(60_000);
  });

  it("counts skipped records", async () => {
    const source = await testSource(installation.organizationId, "sshd");
    await source.post("2026-11-20T10:00:00.000000+00:00 web-1 cron[1]: hourly\n", "a");
    expect(await healthOf(source.id)).toMatchObject({ skipped: 1, accepted: 0, lastRecordTime: null });
  });

  it("reckons the rate from the five full minutes before this one", async () => {
    const { id } = await testSource(installation.organizationId, "native");
    await pool().query(
      `INSERT INTO source_minutes (source_id, minute, accepted)
       SELECT $1, date_trunc('minute', now()) - back * interval '1 minute', n
       FROM (VALUES (0, 1000), (1, 30), (5, 20), (6, 1000)) AS m (back, n)`,
      [id],
    );
    expect((await healthOf(id)).perMinute).toBe(10);
  });

  it("calls a source quiet after five minutes without a post, and stopped when it may not post", async () => {
    const { id } = await testSource(installation.organizationId, "native");
    const receivedAgo = (ago: string) =>
      pool().query(
        `INSERT INTO source_health (source_id, last_received_at) VALUES ($1, now() - $2::interval)
         ON CONFLICT (source_id) DO UPDATE SET last_received_at = excluded.last_received_at`,
        [id, ago],
      );
    await receivedAgo("4 minutes 50 seconds");
    expect((await healthOf(id)).state).toBe("receiving");
    await receivedAgo("5 minutes 10 seconds");
    expect((await healthOf(id)).state).toBe("quiet");
    await setDisabled(id, true);
    expect((await healthOf(id)).state).toBe("stopped");
  });

  it("is in order of name and leaves out Daybook itself and other organizations", async () => {
    const other = await testSource(installation.otherOrganizationId, "native", {}, "elsewhere");
    await testSource(installation.organizationId, "native", {}, "zulu");
    await testSource(installation.organizationId, "native", {}, "alpha");
    const listed = await listSources(installation.organizationId);
    const names = listed.map(({ name }) => name);
    expect(names[0]).toBe("alpha");
    expect(names.at(-1)).toBe("zulu");
    expect(names).not.toContain("Daybook");
    expect(listed.map(({ id }) => id)).not.toContain(other.id);
    expect((await listSources(installation.otherOrganizationId)).map(({ name }) => name)).toEqual([
      "elsewhere",
    ]);
  });
});

function setDisabled(
  id: string,
  disabled: boolean,
  organizationId = installation.organizationId,
): Promise<boolean> {
  return inTransaction((client) => setSourceDisabled(client, organizationId, id, disabled));
}

const renew = (id: string, organizationId = installation.organizationId) =>
  inTransaction((client) => renewSourceToken(client, organizationId, id));

describe("the token of a source", () => {
  it("is stored as a hash only", async () => {
    const { id, token } = await testSource(installation.organizationId, "native");
    const stored = await pool().query<{ text: string }>(
      "SELECT row_to_json(s)::text AS text FROM sources s WHERE id = $1",
      [id],
    );
    expect(stored.rows[0]?.text).toContain(token.slice(0, 10));
    expect(stored.rows[0]?.text).not.toContain(token.slice(0, 11));
  });

  it("finds its source until another takes its place", async () => {
    const { id, token, name } = await testSource(installation.organizationId, "native");
    expect(await findSource(token)).toMatchObject({ id, name, organizationId: installation.organizationId });
    const renewed = await renew(id);
    expect(renewed?.token).not.toBe(token);
    expect(await findSource(renewed?.token ?? "")).toMatchObject({ id });
    await expect.poll(() => findSource(token)).toBeUndefined();
    expect((await healthOf(id)).tokenPrefix).toBe(renewed?.tokenPrefix);
  });

  it("is refused within a second while the source is stopped, and good again afterwards", async () => {
    const { id, token } = await testSource(installation.organizationId, "native");
    expect(await findSource(token)).toBeDefined();
    expect(await setDisabled(id, true)).toBe(true);
    await expect.poll(() => findSource(token)).toBeUndefined();
    expect(await setDisabled(id, false)).toBe(true);
    await expect.poll(() => findSource(token)).toMatchObject({ id });
    expect((await healthOf(id)).disabledAt).toBeNull();
  });

  it("of another organization, or of Daybook itself, is left alone", async () => {
    const own = await pool().query<{ id: string }>(
      "SELECT id FROM sources WHERE organization_id = $1 AND kind = 'daybook'",
      [installation.organizationId],
    );
    const daybook = own.rows[0]?.id ?? "";
    const { id, token } = await testSource(installation.otherOrganizationId, "native");
    for (const stranger of [daybook, id]) {
      expect(await renew(stranger)).toBeNull();
      expect(await setDisabled(stranger, true)).toBe(false);
    }
    expect(await findSource(token)).toBeDefined();
  });

  it("comes with a name that is taken once in an organization", async () => {
    const wish = { name: "twice", kind: "native", settings: {} };
    await inTransaction((client) => createSource(client, installation.organizationId, wish));
    await expect(
      inTransaction((client) => createSource(client, installation.organizationId, wish)),
    ).rejects.toMatchObject({
      code: "23505",
    });
    await inTransaction((client) => createSource(client, installation.otherOrganizationId, wish));
  });
});

describe("the list of quarantined records", () => {
  const bad = (id: string) => `{"log":"commands","id":"${id}","time":"never"}`;

  it("gives reason, id and the bytes, newest first", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post(bad("first"));
    await source.post(bad("second"));
    const held = await listQuarantine(installation.organizationId, source.id);
    expect(held.map(({ recordId }) => recordId)).toEqual(["second", "first"]);
    expect(held[0]).toMatchObject({ raw: bad("second"), bytes: bad("second").length, rawEncoding: "utf8" });
    expect(held[0]?.reason).toMatch(/^time: /);
  });

  it("gives bytes that are no text as base64, and the beginning of a long record", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post(Buffer.concat([Buffer.from('{"log":"'), Buffer.from([0xff, 0xfe, 0x0a])]));
    await source.post(`{"log":"${"é".repeat(40_000)}\n`);
    const [long, broken] = await listQuarantine(installation.organizationId, source.id);
    expect(broken).toMatchObject({ rawEncoding: "base64", bytes: 10 });
    expect(Buffer.from(broken?.raw ?? "", "base64")).toEqual(Buffer.from('{"log":"\xff\xfe', "latin1"));
    expect(long).toMatchObject({ rawEncoding: "utf8", bytes: 80_008 });
    // The cut falls into the middle of a letter, which is left out.
    expect(long?.raw).toBe(`{"log":"${"é".repeat(32_764)}`);
  });

  it("is not for other organizations, and shows a page", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post(Array.from({ length: quarantinePage + 5 }, (_, n) => `${bad(`r${n}`)}\n`).join(""));
    expect(await listQuarantine(installation.organizationId, source.id)).toHaveLength(quarantinePage);
    expect((await healthOf(source.id)).quarantined).toBe(quarantinePage + 5);
    expect(await listQuarantine(installation.otherOrganizationId, source.id)).toEqual([]);
  });
});
