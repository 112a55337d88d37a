import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import type { TestInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
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
