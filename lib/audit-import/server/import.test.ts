import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { auditHeaders, suggestColumns } from "../columns.ts";
import type { ImportOutcome } from "../outcome.ts";
import { checkFile, importFile } from "./import-file.ts";
import { asFile, type Cells, cellsOf, csv, rowsIn, superuserOf } from "./test-files.ts";

let installation: TestInstallation;
let there: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  there = await superuserOf(installation, installation.otherOrganizationId);
});
afterAll(() => installation.remove());

const columns = suggestColumns(auditHeaders);

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
      cellsOf({ OriginalState: '{"n":[1e400]}' }),
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
      [17, "OriginalState"],
    ]);
    expect(outcome.faults.at(-1)?.reason).toBe("holds a number that is too large");
    expect(outcome.faults.find(({ line }) => line === 13)?.reason).toBe(
      `${known.Id}: another event of this organization has this Id and other content`,
    );
    expect(outcome.faults.find(({ line }) => line === 9)?.reason).toMatch(/^must be one of tenant-user, /);
    expect(outcome.faults.find(({ line }) => line === 15)?.reason).toBe("is needed");
    expect(outcome.faults.find(({ line }) => line === 12)?.reason).toContain("creationStatus must be one of");
    expect(outcome).toMatchObject({ rows: 16, added: 2, known: 1, complete: true });
    expect(await rowsIn(there, "Policy Management")).toBe(before);
  });

  it("of a file that breaks off says how much of it is stored, in whole sentences", async () => {
    const rows = csv(Array.from({ length: 1001 }, () => cellsOf()));
    const refused = importFile(there, asFile(Buffer.concat([rows, Buffer.from('"x')])));
    await expect(refused).rejects.toMatchObject({
      detail: expect.stringMatching(/a quote that does not end\. 1000 rows before it are stored/),
    });
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
    await expect(importFile(there, { ...asFile(file, "cut.csv"), body: cut() })).rejects.toMatchObject({
      status: 400,
      detail: "The file was cut off on its way. 1000 rows before it are stored, and will not be added again.",
    });
    expect(await rowsIn(there, "Reporting")).toBe(before + 1000);
    const short = importFile(there, { ...asFile(file.subarray(0, -1), "short.csv"), length: file.length });
    await expect(short).rejects.toMatchObject({ status: 400, detail: expect.stringContaining("cut off") });
    expect(await importFile(there, asFile(file, "cut.csv"))).toMatchObject({ added: 0, known: 2500 });
    expect(await rowsIn(there, "Reporting")).toBe(before + 2500);
    expect(
      (await events("cut.csv")).map(({ event, custom }) => [event, custom.reason, custom.added]),
    ).toEqual([
      ["auditImport:creating", undefined, undefined],
      ["auditImport:creation-failed", "The file was cut off on its way.", 1000],
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
