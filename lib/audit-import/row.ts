import type { z } from "zod";
import { catalogEntry } from "@/lib/audit/catalog.ts";
import { eventFaults } from "@/lib/audit/event-faults.ts";
import { instantOf } from "@/lib/ingest/rfc3339.ts";
import { auditEventDraft, type DraftOf, type JsonTexts } from "@/lib/ingest/rows.ts";
import { unguardFormula } from "@/lib/logs/formula-guard.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { scanDocument } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";
import { type AuditField, type AuditHeader, auditHeaders, type ColumnMap } from "./columns.ts";
import { quotedEmptyCells } from "./csv-reader.ts";

/** What is wrong with a cell; no column where it is the row. */
export type CellFault = { column: AuditHeader | ""; reason: string };

export type ReadRow =
  | { row: DraftOf<"audit-log">; json: JsonTexts; faults?: never }
  | { faults: CellFault[]; row?: never };

const fields = Object.keys(auditLog.columns) as AuditField[];
const jsonFields = ["customValues", "originalState", "updatedState"] as const;
const headerOf = new Map<string, AuditHeader>(fields.map((field, at) => [field, auditHeaders[at] ?? "Id"]));

/**
 * Makes an audit event of the cells of one row: takes the guard off, reads time and JSON, and holds it against the
 * catalogue. JSON keeps its text.
 * @param text the row as it stands in the file
 */
export function readRow(
  cells: readonly string[],
  columns: ColumnMap,
  text: () => string,
  delimiter: string,
): ReadRow {
  const given = valuesOf(cells, columns);
  const faults: CellFault[] = [];
  const time = instantOf(given["time"] ?? "");
  if (time === undefined)
    faults.push({
      column: "Timestamp",
      reason: "must be an ISO 8601 time with its zone, such as 2026-11-21T08:45:32.506784Z",
    });
  const json: JsonTexts = {};
  const states: { [field: string]: unknown } = {};
  for (const field of jsonFields) {
    const { [field]: cell } = given;
    if (cell === undefined) continue;
    delete given[field];
    const value = jsonOf(cell);
    if (value === undefined) faults.push({ column: headerOf.get(field) ?? "", reason: "must be JSON" });
    else {
      json[field] = cell;
      states[field] = value;
    }
  }
  if (given["target"] === undefined && isEmptyText(columns["Target"], text, delimiter)) given["target"] = "";
  const checked = auditEventDraft.safeParse({ ...given, ...states, time: time ?? "1990-01-01T00:00:00Z" });
  if (!checked.success)
    faults.push(...checked.error.issues.map((issue) => faultOf(issue.path, wordsOf(issue))));
  else
    faults.push(
      ...eventFaults(checked.data).map(({ field, reason }) => {
        const [first = "", ...rest] = field.split(".");
        return faultOf([first, ...rest], reason);
      }),
    );
  if (faults.length > 0 || !checked.success)
    return { faults: faults.sort((a, b) => placeOf(a) - placeOf(b)) };
  return {
    row: { ...checked.data, category: catalogEntry(checked.data.workflowType)?.category ?? "" },
    json,
  };
}

/** The cells that say something, by field. */
function valuesOf(cells: readonly string[], columns: ColumnMap): { [field: string]: string } {
  const values: { [field: string]: string } = {};
  for (const field of fields) {
    const place = columns[headerOf.get(field) ?? "Id"];
    const cell = place === undefined ? "" : (cells[place] ?? "");
    if (cell !== "") values[field] = field === "time" ? cell : unguardFormula(cell);
  }
  return values;
}

function faultOf(path: readonly PropertyKey[], reason: string): CellFault {
  const [field = "", ...inner] = path.map(String);
  const column = headerOf.get(field) ?? "";
  return { column, reason: inner.length === 0 ? reason : `${inner.join(".")} ${reason}` };
}

/** In which order the columns stand. */
function placeOf({ column }: CellFault): number {
  return column === "" ? -1 : auditHeaders.indexOf(column);
}

/** What is wrong, in our words where the schema has its own. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  // Of what is JSON, nothing else is refused than what no double can hold.
  if (issue.code === "invalid_union") return "holds a number that is too large";
  return issue.code === "invalid_type" && issue.input === undefined ? "is needed" : issue.message;
}

function jsonOf(text: string): unknown {
  try {
    scanDocument(Buffer.from(text, "utf8"));
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof JsonError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isEmptyText(place: number | undefined, text: () => string, delimiter: string): boolean {
  return place !== undefined && quotedEmptyCells(text(), delimiter).has(place);
}
