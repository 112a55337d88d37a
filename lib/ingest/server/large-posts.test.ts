import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, type TestSource, testSource } from "./test-source.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const command = (id: string, text: string, more: object = {}) => ({
  log: "commands",
  id,
  time: "2026-11-20T10:00:00Z",
  user: "ann",
  target: "web-1",
  command: text,
  ...more,
});

/** Real events, again and again under other ids and hours. */
function manyEvents(copies: number): string[] {
  const file = new URL(
    "../../../samples/kubernetes-audit/kubectl-pods-exec.part1.audit.ndjson",
    import.meta.url,
  );
  const events = readFileSync(file, "utf8").trimEnd().split("\n");
  return Array.from({ length: copies }, (_, copy) =>
    events.map((event) =>
      event
        .replace(/"auditID":"[^"]{8}/, `"auditID":"${String(copy).padStart(8, "0")}`)
        .replace(/2026-11-21T\d\d/g, `2026-11-20T${String(copy).padStart(2, "0")}`),
    ),
  ).flat();
}

/** Everything that a source's records made, without ids and times of receipt. */
async function madeOf(source: TestSource) {
  const rows = async (sql: string) => (await pool().query(sql, [source.id])).rows;
  return {
    calls: await rows(
      `SELECT audit_id, stage, time::text, status, command_id IS NOT NULL AS grouped,
         encode(content_hash, 'hex') AS hash FROM kubernetes_api_calls WHERE source_id = $1 ORDER BY time, audit_id, stage`,
    ),
    kubernetesCommands: await rows(
      "SELECT time::text, command, api_calls, outcome FROM kubernetes_commands WHERE source_id = $1 ORDER BY time, command",
    ),
    commands: await rows(
      "SELECT time::text, command FROM commands WHERE source_id = $1 ORDER BY time, command",
    ),
    connections: await rows(
      "SELECT time::text, end_time::text, status, events FROM connections WHERE source_id = $1 ORDER BY time",
    ),
    userEvents: await rows(
      "SELECT time::text, action, outcome FROM user_events WHERE source_id = $1 ORDER BY time, action, source_record_id",
    ),
    receipts: await rows(
      "SELECT record_id, encode(content_hash, 'hex') AS hash FROM record_receipts WHERE source_id = $1 ORDER BY record_id",
    ),
  };
}

describe("a post of many records", () => {
  it("makes the same as its records in small posts", async () => {
    const settings = { cluster: "one" };
    const large = await testSource(installation.organizationId, "kubernetes-audit", settings);
    const small = await testSource(installation.organizationId, "kubernetes-audit", settings);
    const events = manyEvents(24);
    expect(events.length).toBeGreaterThan(4000);
    expect(await large.post(events.join("\n"))).toEqual({
      accepted: events.length,
      duplicates: 0,
      quarantined: 0,
      skipped: 0,
    });
    for (let at = 0; at < events.length; at += 1000) await small.post(events.slice(at, at + 1000).join("\n"));
    const [one, other] = [await madeOf(large), await madeOf(small)];
    expect(one.kubernetesCommands.length).toBeGreaterThan(0);
    expect(one.commands.length).toBeGreaterThan(0);
    expect(one).toEqual(other);
    expect(await large.post(events.join("\n"))).toMatchObject({ accepted: 0, duplicates: events.length });
    expect(await madeOf(large)).toEqual(one);
  });

  it("knows duplicates and conflicts, within it and with what came before", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post(
      lines([command("0", "run 0"), command("1", "another"), command("bad", "x", { time: 1 })]),
    );
    const records = Array.from({ length: 4100 }, (_, n) => command(`${n}`, `run ${n}`));
    const body = lines([
      ...records,
      command("5", "run 5"),
      command("6", "not run 6"),
      command("bad", "x", { time: 1 }),
      command("worse", "x", { time: 1 }),
    ]);
    expect(await source.post(body)).toEqual({ accepted: 4098, duplicates: 3, quarantined: 3, skipped: 0 });
    expect(await source.post(body)).toEqual({ accepted: 0, duplicates: 4102, quarantined: 2, skipped: 0 });
    const held = await pool().query<{ id: string }>(
      "SELECT source_record_id AS id FROM quarantined_records WHERE source_id = $1 ORDER BY 1",
      [source.id],
    );
    expect(held.rows.map(({ id }) => id)).toEqual(["1", "6", "bad", "worse"]);
  });

  it("is stored whole or not at all", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post(lines([command("first", "id")]));
    const body = lines(Array.from({ length: 4100 }, (_, n) => command(`${n}`, `run ${n}`)));
    const stored = async () => {
      const made = await madeOf(source);
      return [made.commands.length, made.receipts.length];
    };
    // The last thing that a post writes has to wait here, and its connection is cut there.
    const blocker = await pool().connect();
    await blocker.query("BEGIN");
    const locked = await blocker.query<{ pid: number }>(
      "SELECT pg_backend_pid() AS pid FROM source_health WHERE source_id = $1 FOR UPDATE",
      [source.id],
    );
    const outcome = source.post(body).then(
      () => "stored",
      () => "refused",
    );
    await vi.waitFor(
      async () => {
        const cut = await pool().query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $1::int = ANY(pg_blocking_pids(pid))",
          [locked.rows[0]?.pid],
        );
        expect(cut.rowCount).toBe(1);
      },
      { timeout: 40_000 },
    );
    expect(await outcome).toBe("refused");
    await blocker.query("ROLLBACK");
    blocker.release();
    expect(await stored()).toEqual([1, 1]);
    expect(await source.post(body)).toMatchObject({ accepted: 4100 });
    expect(await stored()).toEqual([4101, 4101]);
  });
});
