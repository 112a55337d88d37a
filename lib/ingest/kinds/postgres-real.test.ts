import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { parseQuery } from "@/lib/logs/query.ts";
import { listLogs } from "@/lib/logs/server/list.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { searchRecordings } from "@/lib/recordings/server/search.ts";
import { type LoggingPostgres, startLoggingPostgres } from "./test-postgres.ts";

// What a real server logs of real statements, sent and seen.

let installation: TestInstallation;
let postgres: LoggingPostgres;
beforeAll(async () => {
  installation = await testInstallation();
  postgres = await startLoggingPostgres({ log_statement: "all", log_duration: "on" });
});
afterAll(async () => {
  await postgres.remove();
  await installation.remove();
});

async function rowsOf(slug: LogSlug, params: { [name: string]: string }) {
  const parsed = parseQuery(logView(slug), new URLSearchParams({ order: "asc", limit: "200", ...params }));
  if (parsed.errors) throw new Error(JSON.stringify(parsed.errors));
  return (await listLogs(slug, { organizationId: installation.organizationId }, parsed.query)).rows;
}

const newSource = (settings: { [name: string]: string } = {}): Promise<TestSource> =>
  testSource(installation.organizationId, "postgres-jsonlog", settings);

async function sessionOf(source: TestSource, application: string) {
  const found = await pool().query<{ id: string }>(
    "SELECT id FROM connections WHERE source_id = $1 AND client_software = $2",
    [source.id, application],
  );
  expect(found.rowCount).toBe(1);
  const id = found.rows[0]?.id ?? "";
  const [connection] = await rowsOf("connections", { connection: id });
  return { id, connection, requests: await rowsOf("session-requests", { connection: id }) };
}

describe("a session of a real server", () => {
  let log: string;
  beforeAll(async () => {
    const client = await postgres.connect({ application_name: "shop-admin" });
    await client.query("CREATE TABLE orders (id int, buyer text)");
    await client.query("INSERT INTO orders VALUES ($1, $2)", [1, "it's\nann"]);
    await client.query({ name: "get", text: "SELECT *\nFROM orders WHERE id = $1", values: [null] });
    await client.query("SELECT pg_sleep(0.05)");
    await client.query("SELECT 1/0").catch(() => undefined);
    await client.query("SELEC").catch(() => undefined);
    await client.query("SELECT $1::int / 0", [5]).catch(() => undefined);
    await client.query("CREATE ROLE clerk LOGIN PASSWORD 'hunter2'");
    await client.query("SET ROLE clerk");
    await client.query("SELECT * FROM orders").catch(() => undefined);
    await client.query("RESET ROLE");
    await client.query(
      "SET log_statement = 'none'; SET log_duration = off; SET log_min_duration_statement = 0",
    );
    await client.query("SELECT 'whole'");
    await client.query("SELECT $1::text AS bound", ["value"]);
    await client.end();
    const refused = postgres.connect({ user: "stranger", application_name: "guess" });
    await expect(refused).rejects.toThrow();
    log = await postgres.logWith('user \\"stranger\\"');
  });

  it("is a connection with every statement, its duration and its error", async () => {
    const source = await newSource({ target: "shop-db" });
    const result = await source.post(log);
    expect(result).toMatchObject({ duplicates: 0, quarantined: 0 });
    const { connection, requests, id } = await sessionOf(source, "shop-admin");
    expect(connection).toMatchObject({
      ...{ user: "postgres", targetUser: "postgres", target: "shop-db", kind: "database" },
      ...{ status: "closed", clientAddress: "127.0.0.1", clientSoftware: "shop-admin" },
    });
    const short = requests.map(({ request, outcome, code }) => [request, outcome, code]);
    expect(short).toEqual([
      ["CREATE TABLE orders (id int, buyer text)", "success", null],
      ["INSERT INTO orders VALUES ($1, $2)", "success", null],
      ["SELECT *\nFROM orders WHERE id = $1", "success", null],
      ["SELECT pg_sleep(0.05)", "success", null],
      ["SELECT 1/0", "failure", "22012"],
      ["SELEC", "failure", "42601"],
      ["SELECT $1::int / 0", "failure", "22012"],
      [
        expect.stringMatching(/^CREATE ROLE clerk LOGIN PASSWORD '\[masked sha256:[0-9a-f]{16}\]'$/),
        "success",
        null,
      ],
      ["SET ROLE clerk", "success", null],
      ["SELECT * FROM orders", "denied", "42501"],
      ["RESET ROLE", "success", null],
      [expect.stringContaining("SET log_statement"), "success", null],
      ["SELECT 'whole'", "success", null],
      ["SELECT $1::text AS bound", "success", null],
    ]);
    expect(requests[1]).toMatchObject({ parameters: "$1 = '1', $2 = 'it''s\nann'", database: "postgres" });
    expect(requests[3]?.["durationUs"]).toBeGreaterThan(50_000);
    expect(requests[4]?.["error"]).toBe("division by zero");
    const kept = await pool().query(
      "SELECT FROM session_requests WHERE position('hunter2'::bytea IN raw) > 0",
    );
    expect(kept.rowCount).toBe(0);
    const [line] = (
      await pool().query(
        "SELECT state, format, kind, commands, denied, user_name FROM recordings WHERE id = $1 AND connection_id = $1",
        [id],
      )
    ).rows;
    expect(line).toEqual({
      ...{ state: "logged", format: "log", kind: "database", commands: 14, denied: true },
      user_name: "postgres",
    });
    const scope = { organizationId: installation.organizationId };
    const { hits } = await searchRecordings(scope, "buyer text", { recordingId: id, limit: 10 });
    expect(hits).toMatchObject([{ connectionId: id, line: "CREATE TABLE orders (id int, buyer text)" }]);
  });

  it("is stored once however often and in whatever order its lines come", async () => {
    const source = await newSource({ subject: "application_name" });
    const lines = log.trimEnd().split("\n");
    const turned = [...lines].reverse();
    for (let at = 0; at < turned.length; at += 7)
      await source.post(`${turned.slice(at, at + 7).join("\n")}\n`);
    const again = await source.post(log);
    expect(again.accepted + again.quarantined).toBe(0);
    const { requests, connection } = await sessionOf(source, "shop-admin");
    expect(connection?.["user"]).toBe("shop-admin");
    expect(requests.length).toBe(14);
    expect(requests.map(({ outcome }) => outcome).filter((outcome) => outcome === "started")).toEqual([]);
    const durations = requests
      .filter(({ outcome }) => outcome === "success")
      .map(({ durationUs }) => durationUs);
    expect(durations.every((us) => typeof us === "number")).toBe(true);
  });

  it("that was refused is a denied connection", async () => {
    const source = await newSource();
    await source.post(log);
    const events = await rowsOf("connection-events", { user: "stranger" });
    expect(events).toContainEqual(
      expect.objectContaining({
        event: "closed",
        outcome: "denied",
        cause: expect.stringContaining("stranger"),
      }),
    );
  });
});
