import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { listLogs } from "@/lib/logs/server/list.ts";
import { sha256 } from "@/lib/record/canonical.ts";
import { rebuildConnections } from "./connections.ts";
import type { PostResult } from "./store.ts";
import { lines, type TestSource, testSource } from "./test-source.ts";

let installation: TestInstallation;
let native: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  native = await testSource(installation.organizationId, "native");
});
afterAll(() => installation.remove());

const query = { conditions: [], time: {}, order: "asc", limit: 200 } as const;
const list = (slug: Parameters<typeof listLogs>[0]) =>
  listLogs(slug, { organizationId: installation.organizationId }, { ...query, conditions: [] });

const command = (id: string, text: string, more: object = {}) => ({
  log: "commands",
  id,
  time: "2026-11-20T10:00:00.123456Z",
  user: "ann@example.org",
  target: "web-1",
  command: text,
  ...more,
});

describe("storing posts", () => {
  it("stores a record once however often it is sent, and keeps other content under its id aside", async () => {
    const body = lines([command("c1", "id"), command("c2", "ls -la")]);
    expect(await native.post(body)).toEqual({ accepted: 2, duplicates: 0, quarantined: 0, skipped: 0 });
    expect(await native.post(body)).toEqual({ accepted: 0, duplicates: 2, quarantined: 0, skipped: 0 });
    expect(await native.post(lines([command("c1", "rm -rf /")]))).toMatchObject({
      accepted: 0,
      quarantined: 1,
    });
    const { rows } = await list("commands");
    expect(rows.map((row) => row["command"])).toEqual(["id", "ls -la"]);
    expect(rows[0]).toMatchObject({
      time: "2026-11-20T10:00:00.123456Z",
      user: "ann@example.org",
      outcome: "accepted",
    });
    const held = await pool().query("SELECT reason FROM quarantined_records WHERE source_id = $1", [
      native.id,
    ]);
    expect(held.rows).toEqual([{ reason: "another record has the id c1 and other content" }]);
  });

  it("keeps what it cannot store once, however often it is sent, in one body or in several", async () => {
    const bad = lines([command("bad", "x", { time: "never" }), command("bad", "x", { time: "never" })]);
    await native.post(bad);
    await native.post(bad);
    const held = await pool().query("SELECT FROM quarantined_records WHERE source_record_id = 'bad'");
    expect(held.rowCount).toBe(1);
  });

  it("takes equal lines of one body as two records, and the same body with the same key as one", async () => {
    const twice = lines([
      { ...command("", "uptime"), id: undefined },
      { ...command("", "uptime"), id: undefined },
    ]);
    expect(await native.post(twice, "key-1")).toMatchObject({ accepted: 2 });
    expect(await native.post(twice, "key-1")).toMatchObject({ accepted: 0, duplicates: 2 });
    await expect(native.post(twice)).rejects.toThrow(/Idempotency-Key/);
  });

  it("stores what is good of a body and quarantines the rest with the field and the reason", async () => {
    const result = await native.post(
      lines([
        command("g1", "true"),
        command("g2", "false", { time: "yesterday" }),
        command("g3", "x", { colour: "red" }),
      ]),
    );
    expect(result).toEqual({ accepted: 1, duplicates: 0, quarantined: 2, skipped: 0 });
    const held = await pool().query<{ reason: string }>(
      "SELECT reason FROM quarantined_records WHERE source_record_id IN ('g2', 'g3') ORDER BY source_record_id",
    );
    expect(held.rows[0]?.reason).toMatch(/^time: /);
    expect(held.rows[1]?.reason).toMatch(/^colour: /);
  });

  it("keeps NUL, quotes, tabs and backslashes of a command readable", async () => {
    const nasty = "printf \"\\t\\0\" \u0000 'x'\t\\N\n\\.";
    await native.post(lines([command("nasty", nasty, { time: "2026-11-20T11:00:00Z" })]));
    const { rows } = await list("commands");
    expect(rows.find((row) => row.time.startsWith("2026-11-20T11"))?.["command"]).toBe(
      nasty.replace("\0", "\u2400"),
    );
  });

  it("shares commits between many single posts and answers each with its own count", async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, n) => native.post(lines([command(`single-${n}`, `echo ${n}`)]))),
    );
    expect(results.every(({ accepted }) => accepted === 1)).toBe(true);
    const found = await pool().query<{ posts: string; commits: string }>(
      `SELECT count(*) AS posts, count(DISTINCT xid8) AS commits FROM commands
       WHERE organization_id = $1 AND source_record_id LIKE 'single-%'`,
      [installation.organizationId],
    );
    expect(Number(found.rows[0]?.posts)).toBe(200);
    expect(Number(found.rows[0]?.commits)).toBeLessThan(100);
  });
});

describe("an audit log and the webhook of one cluster", () => {
  const sample = (file: string) =>
    readFileSync(new URL(`../../../samples/kubernetes-audit/${file}`, import.meta.url));
  const file = sample("apiserver-1.36.4-crd-all-stages.audit.ndjson");
  const bodies = [1, 4, 5, 6, 7, 8].map((number) => sample(`webhook-bodies/hook-body-${number}.json`));
  const total = (all: readonly PostResult[]) =>
    all.reduce(
      (sum, { accepted, duplicates, quarantined }) => [
        (sum[0] ?? 0) + accepted,
        (sum[1] ?? 0) + duplicates,
        (sum[2] ?? 0) + quarantined,
      ],
      [0, 0, 0],
    );

  it("tell each event once, whichever comes first", async () => {
    const log = await testSource(installation.organizationId, "kubernetes-audit");
    const { accepted } = await log.post(file);
    expect(accepted).toBeGreaterThan(100);
    const later: PostResult[] = [];
    for (const body of bodies) later.push(await log.post(body));
    expect(total(later)).toEqual([0, 113, 0]);

    const webhook = await testSource(installation.organizationId, "kubernetes-audit");
    const first: PostResult[] = [];
    for (const body of bodies) first.push(await webhook.post(body));
    expect(total(first)).toEqual([113, 0, 0]);
    expect(await webhook.post(file)).toMatchObject({
      accepted: accepted - 113,
      duplicates: 113,
      quarantined: 0,
    });
  });

  it("keep the bytes that came, and their hash", async () => {
    const source = await testSource(installation.organizationId, "kubernetes-audit");
    await source.post(file);
    const found = await pool().query<{ raw: Buffer; hash: Buffer }>(
      "SELECT raw, content_hash AS hash FROM kubernetes_api_calls WHERE source_id = $1",
      [source.id],
    );
    for (const { raw, hash } of found.rows) {
      expect(raw.subarray(0, 16).toString()).toBe('{"kind":"Event",');
      expect(hash).toEqual(sha256(raw));
    }
  });

  it("may tell an event with other content, which is no duplicate", async () => {
    const source = await testSource(installation.organizationId, "kubernetes-audit");
    const [line = ""] = file.toString().split("\n");
    const { kind, apiVersion, ...told } = JSON.parse(line);
    await source.post(line);
    expect(await source.post(JSON.stringify({ ...told, kind: undefined, apiVersion }))).toMatchObject({
      duplicates: 1,
    });
    expect(await source.post(JSON.stringify({ ...told, level: "Request" }))).toMatchObject({
      quarantined: 1,
    });
    expect(kind).toBe("Event");
  });
});

const event = (id: string, second: number, what: string, more: object = {}) => ({
  log: "connection-events",
  id,
  time: `2026-11-20T12:00:${String(second).padStart(2, "0")}Z`,
  user: "bob@example.org",
  connectionRef: "session-1",
  event: what,
  target: "db-1",
  kind: "ssh",
  ...more,
});

describe("connections", () => {
  it("follow their events: opened, inactive, opened again, closed, in whatever order they come", async () => {
    const status = async (): Promise<unknown> => {
      const { rows } = await list("connections");
      const [row] = rows.filter(({ target }) => target === "db-1");
      return row?.["status"];
    };
    await native.post(lines([event("e3", 20, "disconnected")]));
    expect(await status()).toBe("inactive");
    await native.post(lines([event("e1", 0, "open", { clientAddress: "192.0.2.9" })]));
    expect(await status()).toBe("inactive");
    await native.post(lines([event("e4", 30, "connected")]));
    expect(await status()).toBe("opened");
    await native.post(lines([event("e5", 40, "closed", { cause: "bob@example.org left" })]));
    expect(await status()).toBe("closed");
    const { rows } = await list("connections");
    expect(rows.filter(({ target }) => target === "db-1")).toMatchObject([
      {
        time: "2026-11-20T12:00:00.000000Z",
        endTime: "2026-11-20T12:00:40.000000Z",
        clientAddress: "192.0.2.9",
        cause: "bob@example.org left",
        events: 4,
      },
    ]);
  });

  it("are the same when they are made anew from the events", async () => {
    const rows = () =>
      pool().query(
        "SELECT to_jsonb(c) - 'epoch' - 'xid8' - 'seq' AS row FROM connections c WHERE organization_id = $1 ORDER BY id",
        [installation.organizationId],
      );
    const before = (await rows()).rows;
    expect(before.length).toBeGreaterThan(0);
    await inTransaction((client) => rebuildConnections(client, installation.organizationId));
    expect((await rows()).rows).toEqual(before);
  });
});
