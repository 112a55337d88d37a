import { createHash } from "node:crypto";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { guardFormula, unguardFormula } from "../formula-guard.ts";
import { parseQuery } from "../query.ts";
import { type LogSlug, logView, logViews } from "../views.ts";
import { cancelExport, maxExports, startExport, takeExportPlace } from "./export.ts";
import { exportLog } from "./export-log.ts";
import type { ExportFormat } from "./export-sql.ts";
import { type ExportState, getExport } from "./export-state.ts";
import { listLogs } from "./list.ts";

let installation: TestInstallation;
let native: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  native = await testSource(installation.organizationId, "native");
  await native.post(lines(nasty.map((text, n) => record(n, text))));
});
afterAll(() => installation.remove());

const nasty = [
  "ls -la",
  "=1+1",
  "=1+1\n2",
  "+1",
  "-1",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "'=1",
  "''=1",
  "'plain",
  "＝1",
  "＋1",
  "－1",
  "＠x",
  "\uFEFF=1",
  "\u200B\u200D=1",
  "'\u200B=1",
  'say "hi", twice',
  "a\r\nb",
  "",
  "\u0000=1",
  "\\N",
  "\\.",
  "κόσμος 🌍",
  "<script>alert(1)</script>",
  "x;=1+1\t=2",
];

const record = (n: number, command: string): object => ({
  log: "commands",
  id: `n${n}`,
  time: `2026-01-01T00:00:00.${String(n).padStart(6, "0")}Z`,
  user: n % 2 ? "ann" : "=cmd|'/c calc'!A1",
  target: "t",
  command,
});

function query(slug: LogSlug, search: string) {
  const parsed = parseQuery(logView(slug), new URLSearchParams(search));
  if (!parsed.query) throw new Error(JSON.stringify(parsed.errors));
  return parsed.query;
}

async function start(slug: LogSlug, search: string, format: ExportFormat) {
  const ended: ExportState[] = [];
  const scope = { organizationId: installation.organizationId };
  const onEnd = async (state: ExportState): Promise<void> => {
    ended.push(state);
  };
  const owner = { id: "me", name: "me" };
  return { ...(await startExport(slug, scope, query(slug, search), format, owner, onEnd)), ended };
}

async function exported(slug: LogSlug, search: string, format: ExportFormat) {
  const { id, body, ended } = await start(slug, search, format);
  const bytes = Buffer.from(await new Response(body).arrayBuffer());
  return {
    text: bytes.toString("utf8"),
    bytes,
    ended,
    line: await getExport(installation.organizationId, id),
  };
}

const rowsOf = async (slug: LogSlug, search: string) =>
  (await listLogs(slug, { organizationId: installation.organizationId }, query(slug, `${search}&limit=200`)))
    .rows;

describe("a CSV export", () => {
  it("parsed with papaparse and restored equals the rows", async () => {
    const { text, bytes, line, ended } = await exported("commands", "order=asc", "csv");
    const rows = await rowsOf("commands", "order=asc");
    const columns = Object.entries(logViews.commands.columns);
    const parsed = Papa.parse<string[]>(text, { skipEmptyLines: true });
    expect(parsed.data[0]).toEqual(columns.map(([, { header }]) => header));
    const restored = parsed.data.slice(1).map((cells) => cells.map(unguardFormula));
    expect(restored).toEqual(rows.map((row) => columns.map(([field]) => String(row[field] ?? ""))));
    expect(line).toMatchObject({
      state: "complete",
      rows: nasty.length,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    expect(ended).toEqual(["complete"]);
  });

  it("holds no cell that a spreadsheet would run", async () => {
    const { text } = await exported("commands", "", "csv");
    const cells = Papa.parse<string[]>(text, { skipEmptyLines: true }).data.flat();
    expect(
      cells.filter((cell) => /^[\u200B-\u200F\u2060-\u2064\uFEFF]*[=+\-@\t\r\n＝＋－＠]/.test(cell)),
    ).toEqual([]);
  });

  it("holds no such cell for a spreadsheet that parts at semicolons and tabs too, as LibreOffice does", async () => {
    const { text } = await exported("commands", "order=asc", "csv");
    const [header, ...rows] = Papa.parse<string[]>(text, { skipEmptyLines: true }).data;
    // Every other mark outside of quotes is what parts a cell.
    const outside = text.replace(/"(?:[^"]|"")*"/g, "");
    expect(outside.includes(";") || outside.includes("\t")).toBe(false);
    expect(rows.flat()).toContain("x;=1+1\t=2");
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([header?.length]));
  });

  it("guards in SQL exactly as in JavaScript, and taking the guard off restores every text", async () => {
    const { text } = await exported("commands", "order=asc&columns=command", "csv");
    const cells = Papa.parse<string[]>(text).data.slice(1, -1).flat();
    expect(cells).toEqual(nasty.map((value) => guardFormula(value.replace("\0", "\u2400"))));
    for (const value of [...nasty, "\0=1", "'\0"]) expect(unguardFormula(guardFormula(value))).toBe(value);
  });

  it("has the columns that a composed one is made of", async () => {
    const { text } = await exported("kubernetes-api-calls", "columns=details", "csv");
    expect(text.split("\n")[0]).toBe("\uFEFFStatus,Duration,Request URI,Command executed,User agent");
  });

  it("holds all that a filter matches and nothing else", async () => {
    const { text } = await exported("commands", "user=ann&columns=user", "csv");
    expect(Papa.parse<string[]>(text, { skipEmptyLines: true }).data.slice(1).flat()).toEqual(
      Array.from({ length: Math.floor(nasty.length / 2) }, () => "ann"),
    );
  });
});

describe("a JSON export", () => {
  it("is an array of the rows; NDJSON is the same, a row a line", async () => {
    const rows = await rowsOf("commands", "");
    const fields = Object.keys(logViews.commands.columns);
    const expected = rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])));
    expect(JSON.parse((await exported("commands", "", "json")).text)).toEqual(expected);
    const { text } = await exported("commands", "", "ndjson");
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(expected);
  });

  it("of nothing is an empty array", async () => {
    const { text, line } = await exported("commands", "user=nobody", "json");
    expect(JSON.parse(text)).toEqual([]);
    expect(line?.rows).toBe(0);
  });
});

describe("an export that does not end well", () => {
  beforeAll(async () => {
    await pool().query("SELECT ensure_partition('commands', '2022-01-01')");
    await pool().query(
      `INSERT INTO commands (organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw,
         user_name, target, command, outcome, origin)
       SELECT $1, timestamptz '2022-01-01' + n * interval '1 second', gen_random_uuid(), now(), $2, 'big ' || n, '', '',
         'u', 't', repeat('x', 400), 'accepted', 'reported' FROM generate_series(1, 40000) AS n`,
      [installation.organizationId, native.id],
    );
  });
  const big = "to=2022-12-31";
  const backends = async (): Promise<number> => {
    const found = await pool().query<{ n: number }>(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'daybook export' AND datname = current_database()",
    );
    return found.rows[0]?.n ?? -1;
  };
  const settled = async (id: string): Promise<Awaited<ReturnType<typeof getExport>>> => {
    for (let tries = 0; tries < 1000; tries++) {
      const line = await getExport(installation.organizationId, id);
      if (line && line.state !== "running" && (await backends()) === 0) return line;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("The export did not settle");
  };

  it("is cancelled when its reader goes away, and leaves no backend behind", async () => {
    const { id, body, ended } = await start("commands", big, "csv");
    const reader = body.getReader();
    await reader.read();
    await reader.cancel();
    expect(await settled(id)).toMatchObject({ state: "cancelled", sha256: null });
    expect(ended).toEqual(["cancelled"]);
  });

  it("is cancelled when nobody ever reads it, and leaves no backend and no place taken", async () => {
    for (let n = 0; n <= maxExports; n++) {
      const { id, body, ended } = await start("commands", big, "csv");
      await body.cancel();
      expect(await settled(id)).toMatchObject({ state: "cancelled" });
      expect(ended).toEqual(["cancelled"]);
    }
  });

  it("breaks off its body when it is cancelled by its id", async () => {
    const { id, body } = await start("commands", big, "csv");
    const reader = body.getReader();
    await reader.read();
    expect(cancelExport(installation.organizationId, id)).toBe(true);
    await expect(drain(reader)).rejects.toThrow();
    expect((await settled(id))?.state).toBe("cancelled");
  });

  it("breaks off its body when the database fails", async () => {
    const { id, body, ended } = await start("commands", big, "csv");
    const reader = body.getReader();
    await reader.read();
    await pool().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'daybook export'",
    );
    await expect(drain(reader)).rejects.toThrow();
    expect(await settled(id)).toMatchObject({ state: "failed", sha256: null, error: expect.any(String) });
    expect(ended).toEqual(["failed"]);
  });
});

describe("an export on the record", () => {
  const begin = async (id?: string) => {
    const user = await installation.addUser("auditor");
    const { sessionId } = await installation.login(user);
    const principal = await principalOfSession(sessionId, new Headers());
    if (!principal) throw new Error("nobody");
    const scope = { organizationId: installation.organizationId };
    const wish = { slug: "commands", scope, query: query("commands", "limit=1"), format: "csv" } as const;
    const told = async () => {
      const found = await pool().query<{ step: string; reason: string | null }>(
        `SELECT event_type AS step, custom_values ->> 'reason' AS reason FROM audit_events
         WHERE initiator = $1 ORDER BY xid8, seq`,
        [user.email],
      );
      return found.rows.map(({ step, reason }) => (reason === null ? step : `${step}: ${reason}`));
    };
    return { download: exportLog(principal, wish, id), told };
  };

  it("is attempted and done", async () => {
    const { download, told } = await begin();
    await (await download).text();
    await expect.poll(told).toEqual(["export:creating", "export:created"]);
  });

  it("is attempted and failed when somebody cancels it", async () => {
    const { download, told } = await begin();
    await (await download).body?.cancel();
    await expect.poll(told).toEqual(["export:creating", "export:creation-failed: The export was cancelled."]);
  });

  it("was not attempted when it was one too many, and takes nobody's place", async () => {
    const scope = { organizationId: installation.organizationId };
    const places = Array.from({ length: maxExports }, () => takeExportPlace(scope));
    const { download, told } = await begin();
    await expect(download).rejects.toMatchObject({ status: 429, headers: { "retry-after": "10" } });
    expect(await told()).toEqual([]);
    for (const { release } of places) release();
    await (await (await begin()).download).text();
  });

  it("says why when its id belongs to one that has ended", async () => {
    const id = crypto.randomUUID();
    await (await (await begin(id)).download).text();
    const { download, told } = await begin(id);
    await expect(download).rejects.toMatchObject({ status: 409 });
    const reason = `The export ${id} has ended: choose another exportId.`;
    expect(await told()).toEqual(["export:creating", `export:creation-failed: ${reason}`]);
  });
});

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (;;) if ((await reader.read()).done) return;
}
