import { z } from "zod";
import { drafts } from "@/lib/ingest/rows.ts";
import type { CellKind, LogView } from "./define.ts";

/** A time of the record: UTC with microseconds. */
export const recordTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

/** A row of a view as lists and live events give it: every column, and always `id` and `time`. */
export function rowSchema(view: LogView) {
  const cells = Object.entries(view.columns).map(([field, { header, cell }]) => {
    const schema = cell === "json" ? z.string() : valueSchema(view, field, cell);
    return [
      field,
      withNull(view, field, schema).describe(cell === "json" ? `${header}, as JSON text` : header),
    ];
  });
  return z.object({ id: z.uuid(), time: recordTime, ...Object.fromEntries(cells) });
}

/** A row of an export as JSON: the columns that were asked for, JSON columns as JSON. */
export function exportRowSchema(view: LogView) {
  const cells = Object.entries(view.columns).map(([field, { header, cell }]) => {
    const schema = cell === "json" ? z.json() : valueSchema(view, field, cell);
    return [field, withNull(view, field, schema).optional().describe(header)];
  });
  return z.object(Object.fromEntries(cells));
}

function valueSchema(view: LogView, field: string, cell: CellKind): z.ZodType {
  switch (cell) {
    case "time":
      return recordTime;
    case "count":
    case "code":
      return z.int();
    case "duration":
      return z.number().describe("microseconds");
    case "replay":
      return z.number().describe("milliseconds from the start of the recording");
    case "connection":
      return z.uuid();
    default:
      return field === "id" ? z.uuid() : textSchema(view, field);
  }
}

/** A column that a filter knows a closed list for holds nothing else. */
function textSchema(view: LogView, field: string): z.ZodType {
  for (const filter of Object.values(view.filters)) {
    if (filter.kind === "oneOf" && filter.column === field) return z.enum(filter.options);
  }
  return z.string();
}

function withNull(view: LogView, field: string, schema: z.ZodType): z.ZodType {
  return isAlwaysThere(view, field) ? schema : schema.nullable();
}

/** Whether every row has it: the key, the series, and of a record what its source must send. */
function isAlwaysThere(view: LogView, field: string): boolean {
  if (field === "id" || field === "time" || field === view.series.column) return true;
  const shapes: { [log: string]: { shape: { [field: string]: z.ZodType } } } = drafts;
  const given = shapes[view.slug]?.shape[field];
  return given !== undefined && !(given instanceof z.ZodOptional);
}
