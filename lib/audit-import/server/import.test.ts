import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { parseQuery } from "@/lib/logs/query.ts";
import { startExport } from "@/lib/logs/server/export.ts";
import { logView } from "@/lib/logs/views.ts";
import { auditHeaders, suggestColumns } from "../columns.ts";
import type { ImportOutcome } from "../outcome.ts";
import { checkFile, importFile } from "./import-file.ts";

let installation: TestInstallation;
let here: Principal;
let there: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  here = await superuserOf(installation.organizationId);
  there = await superuserOf(installation.otherOrganizationId);
});
afterAll(() => installation.remove());

async function superuserOf(organizationId: string): Promise<Principal> {
  const { sessionId } = await installation.login(await installation.addUser("superuser", { organizationId }));
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("The superuser is nobody");
  return principal;
}

async function* inPieces(file: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}

const columns = suggestColumns(auditHeaders);
const asFile = (file: Uint8Array, name = "audit.csv", size?: number) => ({
  name,
  columns,
  body: inPieces(file, size),
  length: file.length,
});

async function download({ organizationId }: Principal, search: string): Promise<Buffer> {
  const { query } = parseQuery(logView("audit-log"), new URLSearchParams(search));
  if (!query) throw new Error(search);
  const { body } = await startExport(
    "audit-log",
    { organizationId },
    query,
    "csv",
    { id: "me", name: "me" },
    async () => {},
  );
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

const rowsIn = async ({ organizationId }: Principal, category: string): Promise<number> => {
  const found = await pool().query<{ n: number }>(
    "SELECT count(*)::int AS n FROM audit_events WHERE organization_id = $1 AND category = $2",
    [organizationId, category],
  );
  return found.rows[0]?.n ?? -1;
};

/** One row as a file has it. */
type Cells = Partial<Record<(typeof auditHeaders)[number], string>>;
let made = 0;
const cellsOf = (more: Cells = {}): Cells => ({
  Id: `0193a4c2-8f3a-7c10-8a51-${String(++made).padStart(12, "0")}`,
  TenantId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c903",
  Timestamp: "2026-11-20T10:00:00.123456Z",
  WorkflowId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c904",
  WorkflowType: "epbpolicy:create",
  EventType: "epbpolicy:created",
  EventDescription: "Created policy",
  Initiator: "ann",
  InitiatorType: "vsa-user",
  Target: "Servers",
  TargetType: "ebpPolicy",
  OperationStatus: "success",
  ...more,
});
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
function csv(rows: readonly Cells[]): Buffer {
  const all = [
    auditHeaders as readonly string[],
    ...rows.map((row) => auditHeaders.map((header) => row[header] ?? "")),
  ];
  return Buffer.from(all.map((cells) => `${cells.map(quoted).join(",")}\n`).join(""), "utf8");
}

const nasty = [
  "=1+1",
  "'=1",
  "''",
  "'",
  "-1",
  "@x",
  '"',
  'say "hi", twice',
  "a\r\nb",
  "\n",
  "\r",
  "\uFEFF=1",
  "𝄞 é",
  "\\.",
  "\\N",
  "",
  " x ",
  "NULL",
  "＝1",
];

describe("what is downloaded, imported elsewhere and downloaded again", () => {
  beforeAll(async () => {
    const native = await testSource(installation.organizationId, "native");
    const base = { log: "audit-log", workflowType: "epbpolicy:update", initiatorType: "external-system" };
    const events = nasty.flatMap((text, n) =>
      ["epbpolicy:updating", "epbpolicy:updated"].map((eventType, step) => ({
        ...base,
        id: `${n} ${step}`,
        // Many share a time, and what they are called says nothing of the order they came in.
        eventId: createHash("md5")
          .update(`${n} ${step}`)
          .digest("hex")
          .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5"),
        time: `2026-11-0${1 + (n % 3)}T10:00:00.${String(n % 5).padStart(6, "0")}Z`,
        ...(n % 2 === 0 && { tenantId: "0193A4C2-8f3a-7c10-8a51-5be0a0d3c903" }),
        workflowId: `0193a4c2-8f3a-7c10-8a51-${String(n).padStart(12, "0")}`,
        eventType,
        eventDescription: text,
        initiator: text === "" ? "K1" : text,
        ...(n % 3 === 0 && { initiatorId: text || "x" }),
        ...(n % 4 !== 0 && { target: text, targetId: text || "x" }),
        operationStatus: step === 0 ? "inProgress" : "success",
        ...(n % 3 !== 1 && { customValues: { [text]: [1.5, 1e21, null, text], modifiedFields: [text] } }),
        ...(step === 1 && { originalState: text, updatedState: [{ b: 1, a: text }] }),
      })),
    );
    expect(await native.post(lines(events))).toMatchObject({ accepted: events.length, quarantined: 0 });
    for (const name of ["=ops", "dev"])
      await runWorkflow(
        {
          actor: { organizationId: here.organizationId, initiator: "ann", initiatorType: "tenant-user" },
          workflowType: "scope:create",
          target: { name, id: crypto.randomUUID() },
        },
        async () => {},
      );
  });

  it.each([
    ["Policy Management", "asc", nasty.length * 2],
    ["Policy Management", "desc", nasty.length * 2],
    ["Group Management", "asc", 4],
  ])("is the same file, byte for byte: %s, %s", async (category, order, rows) => {
    const search = new URLSearchParams({ category, order }).toString();
    const file = await download(here, search);
    const before = await rowsIn(there, category);
    const outcome = await importFile(there, asFile(file, `${category}.csv`, 77));
    const sha256 = createHash("sha256").update(file).digest("hex");
    const added = before === 0 ? rows : 0;
    expect(outcome).toEqual({
      rows,
      added,
      known: rows - added,
      bytes: file.length,
      sha256,
      faults: [],
      complete: true,
    });
    expect((await download(there, search)).toString("utf8")).toBe(file.toString("utf8"));
    expect((await download(there, search)).equals(file)).toBe(true);
  });

  it("adds nothing where it comes from", async () => {
    const file = await download(here, "order=asc&category=Policy+Management");
    const before = await rowsIn(here, "Policy Management");
    expect(await checkFile(here, asFile(file))).toMatchObject({
      rows: before,
      added: 0,
      known: before,
      faults: [],
    });
    expect(await importFile(here, asFile(file))).toMatchObject({ rows: before, added: 0, known: before });
    expect(await rowsIn(here, "Policy Management")).toBe(before);
  });

  it("keeps JSON as it is written, and so does the next download", async () => {
    const CustomValues = '{"b": 1.0,  "a": 1e2, "a": "\\u00e9", "n": 12345678901234567890}';
    const file = csv([
      cellsOf({
        Timestamp: "2025-01-01T00:00:00.000000Z",
        CustomValues,
        OriginalState: "null",
        UpdatedState: "-1",
      }),
    ]);
    await importFile(there, asFile(file));
    const again = await download(there, "from=2025-01-01&to=2025-01-01&category=Policy+Management");
    expect(again.toString("utf8")).toBe(file.toString("utf8").replace(",-1\n", ",'-1\n"));
    expect(await importFile(there, asFile(again))).toMatchObject({ added: 0, known: 1 });
  });
});

describe("a check", () => {
  it("lists every bad row with line, column and reason, and stores nothing", async () => {
    const good = cellsOf();
    const known = cellsOf({ Target: "known" });
    await importFile(there, asFile(csv([known])));
    const rows = [
      good,
      cellsOf({ Id: "7" }),
      cellsOf({ Timestamp: "yesterday" }),
      cellsOf({ Timestamp: "1899-01-01T00:00:00Z" }),
      cellsOf({ WorkflowType: "policy:create" }),
      cellsOf({ EventType: "epbpolicy:deleted" }),
      cellsOf({ OperationStatus: "failure" }),
      cellsOf({ InitiatorType: "robot" }),
      cellsOf({ TargetType: "epbPolicy" }),
      cellsOf({ CustomValues: "{" }),
      cellsOf({ CustomValues: '{"initialConfiguration":1,"creationStatus":7}' }),
      { ...known, Target: "other" },
      known,
      cellsOf({ EventDescription: "two\nlines", Initiator: "" }),
      cellsOf(),
    ];
    const before = await rowsIn(there, "Policy Management");
    const outcome = await checkFile(there, asFile(csv(rows)));
    expect(outcome.faults.map(({ line, column }) => [line, column])).toEqual([
      [3, "Id"],
      [4, "Timestamp"],
      [5, "Timestamp"],
      [6, "WorkflowType"],
      [7, "EventType"],
      [8, "OperationStatus"],
      [9, "InitiatorType"],
      [10, "TargetType"],
      [11, "CustomValues"],
      [12, "CustomValues"],
      [13, "Id"],
      [15, "Initiator"],
    ]);
    expect(outcome.faults.find(({ line }) => line === 13)?.reason).toBe(
      `${known.Id}: another event of this organization has this Id and other content`,
    );
    expect(outcome.faults.find(({ line }) => line === 12)?.reason).toContain("creationStatus must be one of");
    expect(outcome).toMatchObject({ rows: 15, added: 2, known: 1, complete: true });
    expect(await rowsIn(there, "Policy Management")).toBe(before);
  });

  it("takes columns in any order, with others between them and optional ones missing", async () => {
    const header = [
      "event_type",
      "Note",
      "ID",
      "tenantid",
      "timestamp",
      "workflow id",
      "Workflow-Type",
      "initiator",
      "initiatortype",
      "operationstatus",
    ];
    const { Id = "", TenantId = "" } = cellsOf();
    const cells = [
      "epbasset:deleted",
      "x",
      Id,
      TenantId,
      "2026-11-20T12:00:00.5+02:00",
      TenantId,
      "epbasset:delete",
      "ann",
      "system",
      "warning",
    ];
    const file = Buffer.from(`${header.join(";")}\r\n${cells.join(";")}\r\n`);
    const outcome = await importFile(there, { ...asFile(file), columns: suggestColumns(header) });
    expect(outcome).toMatchObject({ rows: 1, added: 1 });
    const found = await pool().query(
      `SELECT time = '2026-11-20T10:00:00.5Z' AS same, tenant_id AS tenant, category, s.kind
       FROM audit_events a JOIN sources s ON s.id = a.source_id WHERE a.organization_id = $1 AND a.id = $2`,
      [there.organizationId, Id],
    );
    expect(found.rows).toEqual([
      { same: true, tenant: TenantId, category: "Asset Management", kind: "audit-csv" },
    ]);
  });

  it.each([
    ["an empty file", "", 400, "has no row of headers"],
    ["a file with fewer columns", "a,b\n", 400, "The file has 2 columns"],
    [
      "a quote that does not end",
      `${auditHeaders.join(",")}\n"x`,
      400,
      "Line 2: the row that begins here has a quote that does not end",
    ],
  ])("refuses %s", async (_, text, status, detail) => {
    const refused = checkFile(there, asFile(Buffer.from(text)));
    await expect(refused).rejects.toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  it("tells of rows with too many or too few cells, and of what is not UTF-8", async () => {
    const file = Buffer.concat([csv([cellsOf()]), Buffer.from("a,b\n"), Buffer.from([0x61, 0xff, 0x0a])]);
    const { faults } = await checkFile(there, asFile(file));
    expect(faults).toEqual([
      { line: 3, column: "", reason: "has 2 cells where the header has 17" },
      { line: 4, column: "", reason: "is not UTF-8" },
    ]);
  });
});

describe("an import", () => {
  const events = async (name: string) =>
    (
      await pool().query<{ event: string; status: string; custom: ImportOutcome & { reason: string } }>(
        `SELECT event_type AS event, operation_status AS status, custom_values AS custom FROM audit_events
         WHERE organization_id = $1 AND category = 'Imports' AND target = $2 ORDER BY time, seq`,
        [there.organizationId, name],
      )
    ).rows;

  let rows: Cells[] = [];
  beforeEach(() => {
    rows = Array.from({ length: 2500 }, () =>
      cellsOf({ WorkflowType: "epbreport:delete", EventType: "epbreport:deleted", TargetType: "epbReport" }),
    );
  });

  it("is a workflow of the audit log, with counts and the SHA-256 of the file", async () => {
    const file = csv(rows);
    await importFile(there, asFile(file, "whole.csv"));
    const sha256 = createHash("sha256").update(file).digest("hex");
    expect(await events("whole.csv")).toMatchObject([
      { event: "auditImport:creating", status: "inProgress" },
      {
        event: "auditImport:created",
        status: "success",
        custom: { rows: 2500, added: 2500, known: 0, bytes: file.length, sha256 },
      },
    ]);
  });

  it("that is cut off keeps the batches before, and goes on when the file comes again", async () => {
    const file = csv(rows);
    const before = await rowsIn(there, "Reporting");
    async function* cut() {
      yield file.subarray(0, Math.floor(file.length * 0.7));
      throw new Error("the connection was cut");
    }
    await expect(importFile(there, { ...asFile(file, "cut.csv"), body: cut() })).rejects.toThrow("was cut");
    expect(await rowsIn(there, "Reporting")).toBe(before + 1000);
    const short = importFile(there, { ...asFile(file.subarray(0, -1), "short.csv"), length: file.length });
    await expect(short).rejects.toMatchObject({ status: 400, detail: expect.stringContaining("cut off") });
    expect(await importFile(there, asFile(file, "cut.csv"))).toMatchObject({ added: 0, known: 2500 });
    expect(await rowsIn(there, "Reporting")).toBe(before + 2500);
    expect(
      (await events("cut.csv")).map(({ event, custom }) => [event, custom.reason, custom.added]),
    ).toEqual([
      ["auditImport:creating", undefined, undefined],
      ["auditImport:creation-failed", "unexpected error", 1000],
      ["auditImport:creating", undefined, undefined],
      ["auditImport:created", undefined, 0],
    ]);
  });

  it("ends at the first bad row, with nothing of its batch", async () => {
    const before = await rowsIn(there, "Reporting");
    const bad = rows.with(1700, { ...rows[1700], OperationStatus: "maybe" });
    await expect(importFile(there, asFile(csv(bad), "bad.csv"))).rejects.toMatchObject({
      status: 409,
      detail: expect.stringMatching(/^Line 1702, OperationStatus: .*1000 rows before it are stored/),
    });
    expect(await rowsIn(there, "Reporting")).toBe(before + 1000);
    const [first] = rows;
    const changed = csv([...rows.slice(0, 10), { ...first, Target: "changed" }]);
    await expect(importFile(there, asFile(changed, "changed.csv"))).rejects.toMatchObject({
      status: 409,
      detail: expect.stringContaining(`Line 12, Id: ${first?.Id}: another event`),
    });
    expect(await rowsIn(there, "Reporting")).toBe(before + 1000);
    expect((await events("bad.csv")).at(-1)).toMatchObject({ status: "failure", custom: { added: 1000 } });
  });

  it("of one file twice at once adds each row once", async () => {
    const file = csv(rows);
    const before = await rowsIn(there, "Reporting");
    const outcomes = await Promise.all([importFile(there, asFile(file)), importFile(there, asFile(file))]);
    expect(outcomes.reduce((sum, { added }) => sum + added, 0)).toBe(2500);
    expect(await rowsIn(there, "Reporting")).toBe(before + 2500);
  });

  it("takes its turn: a third at once is told to come back", async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* slow() {
      await held;
      yield csv([cellsOf()]);
    }
    const two = [1, 2].map(() => checkFile(there, { name: "slow.csv", columns, body: slow() }));
    await expect(checkFile(there, asFile(csv([])))).rejects.toMatchObject({ status: 429 });
    goOn();
    await Promise.all(two);
    await checkFile(there, asFile(csv([])));
  });
});
