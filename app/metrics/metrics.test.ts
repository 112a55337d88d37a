import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { disconnect, inTransaction, pool } from "@/lib/db/client.ts";
import { lockSource } from "@/lib/ingest/server/receipts.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { countRequest, routeClass } from "@/lib/metrics/request-counts.mjs";
import { patience } from "@/lib/test-time.ts";
import { GET } from "./route.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());
afterEach(() => {
  delete process.env["METRICS_TOKEN"];
});

const here = { "x-daybook-address": "127.0.0.1", host: "localhost:3000" };
const read = (headers: { [name: string]: string } = here): Promise<Response> =>
  GET(new Request("http://localhost:3000/metrics", { headers }));

/** Reads the text format, strictly: a line that is none fails. */
async function samples(): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  let type = "";
  for (const line of (await (await read()).text()).split("\n").slice(0, -1)) {
    const [, typed] = /^# TYPE ([a-z_]+) (?:counter|gauge|histogram)$/.exec(line) ?? [];
    if (typed !== undefined) type = typed;
    if (line.startsWith("# ")) continue;
    const [, name = "", labels = "", value = ""] =
      /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\S+)$/.exec(line) ?? [];
    expect(name.replace(/_(?:bucket|sum|count)$/, ""), line).toBe(type);
    expect(values.has(name + labels), `${line} twice`).toBe(false);
    values.set(name + labels, Number(value));
  }
  return values;
}

describe("who may read the metrics", () => {
  it.each([
    [{ ...here }, 200],
    [{ "x-daybook-address": "::1", host: "[::1]:3000" }, 200],
    [{ "x-daybook-address": "192.0.2.7", host: "localhost:3000" }, 403],
    [{ "x-daybook-address": "127.0.0.1", host: "rebound.example" }, 403],
    [{ host: "localhost:3000" }, 403],
  ])("without a token, from this machine: %j %i", async (headers, status) => {
    expect((await read(headers)).status).toBe(status);
  });

  it("with METRICS_TOKEN, whoever sends it, and nobody else", async () => {
    process.env["METRICS_TOKEN"] = "a long enough token".replaceAll(" ", "-");
    const elsewhere = { "x-daybook-address": "192.0.2.7", host: "daybook.example" };
    expect((await read({ ...elsewhere, authorization: "Bearer a-long-enough-token" })).status).toBe(200);
    expect((await read({ ...elsewhere, authorization: "Bearer a-long-enough-tokem" })).status).toBe(401);
    expect((await read(here)).status).toBe(401);
  });

  it("nobody with a METRICS_TOKEN that could be guessed", async () => {
    process.env["METRICS_TOKEN"] = "short";
    expect((await read({ ...here, authorization: "Bearer short" })).status).toBe(500);
  });
});

describe("the metrics", () => {
  it("are Prometheus's text format", async () => {
    const response = await read();
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const values = await samples();
    expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect([...values.keys()].some((key) => key.startsWith('daybook_build_info{version="0.'))).toBe(true);
    expect(values.get("daybook_pool_connections_max")).toBe(20);
    expect(values.get("daybook_live_followers")).toBe(0);
    expect(values.get("daybook_exports_running")).toBe(0);
  });

  it("count what was ingested, and what waits", async () => {
    const native = await testSource(installation.organizationId, "native");
    const record = {
      log: "commands",
      time: "2026-11-20T10:00:00Z",
      user: "ann",
      target: "web-1",
      command: "id",
    };
    const body = lines([
      { ...record, id: "1" },
      { ...record, id: "1" },
      { ...record, id: "2", colour: "red" },
    ]);
    // Another writer of the source has its turn: the post waits.
    const stored = await inTransaction(async (client) => {
      await lockSource(client, native.id);
      const waiting = native.post(body);
      await vi.waitFor(
        async () => expect((await samples()).get("daybook_ingest_waiting_bytes")).toBe(body.length),
        patience,
      );
      return { waiting };
    });
    await stored.waiting;
    await native.post(body);
    const values = await samples();
    expect(values.get('daybook_ingest_posts_total{kind="native"}')).toBe(2);
    expect(values.get('daybook_ingest_bytes_total{kind="native"}')).toBe(2 * body.length);
    expect(values.get('daybook_ingest_records_total{kind="native",outcome="accepted"}')).toBe(1);
    expect(values.get('daybook_ingest_records_total{kind="native",outcome="duplicate"}')).toBe(4);
    expect(values.get('daybook_ingest_records_total{kind="native",outcome="quarantined"}')).toBe(1);
    expect(values.get("daybook_ingest_waiting_posts")).toBe(0);
    expect(values.get("daybook_ingest_waiting_bytes")).toBe(0);
  });

  it("count requests under few labels, and how long they took", async () => {
    countRequest({ method: "GET", path: "/api/v1/logs/commands", status: 200, milliseconds: 12 });
    countRequest({ method: "GET", path: "/api/v1/logs/audit-log/rows/x", status: 404, milliseconds: 3 });
    countRequest({ method: "BREW", path: "/coffee", status: 0, milliseconds: 40_000 });
    const values = await samples();
    expect(values.get('daybook_http_requests_total{route="logs",method="GET",status="200"}')).toBe(1);
    expect(values.get('daybook_http_requests_total{route="page",method="other",status="none"}')).toBe(1);
    expect(values.get('daybook_http_request_duration_seconds_bucket{route="logs",le="0.005"}')).toBe(1);
    expect(values.get('daybook_http_request_duration_seconds_bucket{route="logs",le="0.025"}')).toBe(2);
    expect(values.get('daybook_http_request_duration_seconds_count{route="logs"}')).toBe(2);
    expect(values.get('daybook_http_request_duration_seconds_sum{route="logs"}')).toBeCloseTo(0.015);
    expect(values.get('daybook_http_request_duration_seconds_bucket{route="page",le="30"}')).toBe(0);
    expect(values.get('daybook_http_request_duration_seconds_bucket{route="page",le="+Inf"}')).toBe(1);
  });

  it("tell exports under way", async () => {
    await pool().query(
      `INSERT INTO exports (id, organization_id, actor, actor_id, log, format, query)
       VALUES (gen_random_uuid(), $1, 'ann', 'x', 'commands', 'csv', '')`,
      [installation.organizationId],
    );
    expect((await samples()).get("daybook_exports_running")).toBe(1);
  });

  it("are given when the database is away", async () => {
    const fails = (): Promise<never> => Promise.reject(new Error("gone"));
    pool().query = fails as never;
    const values = await samples();
    await disconnect();
    expect(values.get("daybook_database_up")).toBe(0);
    expect(values.has("daybook_exports_running")).toBe(false);
  });
});

it.each([
  ["/_next/static/chunks/a.js", "asset"],
  ["/api/health", "probe"],
  ["/api/ready", "probe"],
  ["/metrics", "probe"],
  ["/api/v1/ingest/native/0193", "ingest"],
  ["/api/v1/logs/commands/live", "live"],
  ["/api/v1/logs/commands/export", "export"],
  ["/api/v1/logs/commands/rows/x", "logs"],
  ["/api/v1/sources", "api"],
  ["/api/auth/callback/credentials", "auth"],
  ["/logs/commands", "page"],
  ["/../../etc/passwd", "page"],
])("%s is of the class %s", (path, expected) => {
  expect(routeClass(path)).toBe(expected);
});
