import { createHash } from "node:crypto";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { unguardFormula } from "@/lib/logs/formula-guard.ts";
import { parseQuery } from "@/lib/logs/query.ts";
import { exportLog } from "@/lib/logs/server/export-log.ts";
import { getExport } from "@/lib/logs/server/export-state.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { insertEvents, type TestEvent } from "./test-events.ts";

/** As the audit log's column reference prints them. */
const headers = [
  ...["Id", "TenantId", "Timestamp", "WorkflowId", "WorkflowType", "EventType", "EventDescription"],
  ...["Initiator", "InitiatorType", "InitiatorId", "Target", "TargetType", "TargetId", "OperationStatus"],
  ...["CustomValues", "OriginalState", "UpdatedState"],
];

const hostile = [
  "=cmd|'/c calc'!A1",
  "+1",
  "-1",
  "@SUM(A1)",
  "\t=1",
  "'=1",
  '"x",\r\n"y"',
  "κόσμος 🌍",
  "\uFEFF=1",
];
const days = "category=User+Management&from=2026-03-10&to=2026-03-11";
const inside: TestEvent[] = [
  { time: "2026-03-10T00:00:00.000000Z", description: "the first microsecond" },
  { time: "2026-03-11T23:59:59.999999Z", description: "the last microsecond" },
  ...hostile.map((text, n) => ({
    time: `2026-03-10T12:00:00.00000${n}Z`,
    description: text,
    initiator: text,
    target: text,
    workflowId: text,
    custom: JSON.stringify({ text, n }),
    original: '{ "role":"member", "big": 12345678901234567890, "role": "twice" }',
    updated: JSON.stringify(text),
  })),
  { time: "2026-03-10T13:00:00.000000Z", target: null, custom: "-1", original: "[]", updated: "null" },
];
const outside: TestEvent[] = [
  { time: "2026-03-09T23:59:59.999999Z" },
  { time: "2026-03-12T00:00:00.000000Z" },
  { time: "2026-03-10T12:00:00.000000Z", category: "User Access" },
];

let installation: TestInstallation;
let principal: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  const native = await testSource(installation.organizationId, "native");
  await insertEvents(installation.organizationId, native.id, [...inside, ...outside]);
  const { sessionId } = await installation.login(await installation.addUser("auditor"));
  const found = await principalOfSession(sessionId, new Headers());
  if (!found) throw new Error("nobody");
  principal = found;
});
afterAll(() => installation.remove());

function download(search: string): Promise<Response> {
  const parsed = parseQuery(auditLog, new URLSearchParams(search));
  if (!parsed.query) throw new Error(JSON.stringify(parsed.errors));
  const scope = { organizationId: installation.organizationId };
  return exportLog(principal, { slug: "audit-log", scope, query: parsed.query, format: "csv" }, undefined);
}

describe("the download of a category", () => {
  it("has the 17 columns and, with the guard taken off, the rows of the database to the letter", async () => {
    const text = await (await download(days)).text();
    const [head, ...rows] = Papa.parse<string[]>(text, { skipEmptyLines: true }).data;
    expect(head).toEqual(headers);
    const stored = await pool().query<{ [column: string]: string }>({
      text: `SELECT event_id, tenant_id, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), workflow_id,
          workflow_type, event_type, event_description, initiator, initiator_type, initiator_id, target, target_type,
          target_id, operation_status, custom_values::text, original_state::text, updated_state::text
        FROM audit_events WHERE organization_id = $1 AND category = 'User Management'
          AND time >= '2026-03-10T00:00:00Z' AND time < '2026-03-12T00:00:00Z' ORDER BY time DESC, id DESC`,
      values: [installation.organizationId],
    });
    expect(stored.rowCount).toBe(inside.length);
    expect(rows.map((cells) => cells.map(unguardFormula))).toEqual(
      stored.rows.map((row) => Object.values(row).map((value) => value ?? "")),
    );
    expect(
      rows.flat().filter((cell) => /^[\u200B-\u200F\u2060-\u2064\uFEFF]*[=+\-@\t\r\n]/.test(cell)),
    ).toEqual([]);
  });

  it("holds both days to the last microsecond, and JSON in its JSON columns", async () => {
    const { data } = Papa.parse<{ [header: string]: string }>(
      await (await download(`${days}&order=asc`)).text(),
      {
        header: true,
        skipEmptyLines: true,
      },
    );
    expect(data[0]?.["Timestamp"]).toBe("2026-03-10T00:00:00.000000Z");
    expect(data.at(-1)?.["Timestamp"]).toBe("2026-03-11T23:59:59.999999Z");
    const json = data.map((row) => row["CustomValues"] ?? "").filter((text) => text !== "");
    expect(json.map((text) => JSON.parse(unguardFormula(text)))).toEqual([
      ...hostile.map((text, n) => ({ text, n })),
      -1,
    ]);
    expect(data[1]?.["OriginalState"]).toBe(inside[2]?.original);
  });

  it("begins with the mark by which Excel knows UTF-8, and its name says category and days", async () => {
    const answer = await download(days);
    expect(answer.headers.get("content-disposition")).toBe(
      'attachment; filename="audit-log_user-management_2026-03-10_2026-03-11.csv"',
    );
    expect([...new Uint8Array(await answer.arrayBuffer()).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  it("says before how many rows it has, and the audit log what was downloaded", async () => {
    const answer = await download(days);
    const id = answer.headers.get("x-export-id") ?? "";
    expect(answer.headers.get("x-total-rows")).toBe(String(inside.length));
    const bytes = Buffer.from(await answer.arrayBuffer());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await expect.poll(async () => (await getExport(installation.organizationId, id))?.state).toBe("complete");
    expect(await getExport(installation.organizationId, id)).toMatchObject({
      rows: inside.length,
      total: inside.length,
      bytes: bytes.length,
      sha256,
    });
    const told = async () => {
      const found = await pool().query<{ custom: object }>(
        "SELECT custom_values AS custom FROM audit_events WHERE target_id = $1 AND event_type = 'export:created'",
        [id],
      );
      return found.rows[0]?.custom;
    };
    await expect.poll(told).toMatchObject({
      category: "User Management",
      from: "2026-03-10",
      to: "2026-03-11",
      rows: inside.length,
      bytes: bytes.length,
      sha256,
    });
  });
});
