import { createHash } from "node:crypto";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import type { TestInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { parseQuery } from "@/lib/logs/query.ts";
import { exportLog } from "@/lib/logs/server/export-log.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { auditHeaders, suggestColumns } from "../columns.ts";
import type { ImportFile } from "./import-file.ts";

/** A superuser of an organization, as who is signed in. */
export async function superuserOf(
  installation: TestInstallation,
  organizationId: string,
): Promise<Principal> {
  const { sessionId } = await installation.login(await installation.addUser("superuser", { organizationId }));
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("The superuser is nobody");
  return principal;
}

async function* inPieces(file: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}

/** A file on its way in, whose columns are the 17. @param size bytes that come at once */
export function asFile(file: Uint8Array, name = "audit.csv", size = 1000): ImportFile {
  return { name, columns: suggestColumns(auditHeaders), body: inPieces(file, size), length: file.length };
}

/** How many rows of a category an organization has. */
export async function rowsIn({ organizationId }: Principal, category: string): Promise<number> {
  const found = await pool().query<{ n: number }>(
    "SELECT count(*)::int AS n FROM audit_events WHERE organization_id = $1 AND category = $2",
    [organizationId, category],
  );
  return found.rows[0]?.n ?? -1;
}

/** One row as a file has it. */
export type Cells = Partial<Record<(typeof auditHeaders)[number], string>>;

let made = 0;

/** A row of another Id each time. */
export function cellsOf(more: Cells = {}): Cells {
  return {
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
  };
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A file as PostgreSQL would write it, behind a byte-order mark. */
export function csv(rows: readonly Cells[]): Buffer {
  const all = [
    auditHeaders as readonly string[],
    ...rows.map((row) => auditHeaders.map((header) => row[header] ?? "")),
  ];
  return Buffer.from(`\uFEFF${all.map((cells) => `${cells.map(quoted).join(",")}\n`).join("")}`, "utf8");
}

/** What the Audit Log's page downloads. */
export async function download(principal: Principal, search: string): Promise<Buffer> {
  const { query } = parseQuery(auditLog, new URLSearchParams(search));
  if (!query) throw new Error(search);
  const scope = { organizationId: principal.organizationId };
  const answer = await exportLog(principal, { slug: "audit-log", scope, query, format: "csv" }, undefined);
  return Buffer.from(await answer.arrayBuffer());
}

/** Texts that CSV, spreadsheets and PostgreSQL each have their own use for. */
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

/** Audit events as a source of kind native posts them, two for each such text. */
export function nastyEvents() {
  const base = { log: "audit-log", workflowType: "epbpolicy:update", initiatorType: "external-system" };
  return nasty.flatMap((text, n) =>
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
}
