import { recordingLimits } from "@/lib/recordings/limits.ts";
import type { Findings } from "@/lib/recordings/session.ts";

export type TerminalSize = { columns: number; rows: number };

/** A size as far as a terminal can have it: too large ones are made smaller; undefined for no size at all. */
export function clampedSize(
  columns: unknown,
  rows: unknown,
  timeUs: number | undefined,
  findings: Findings,
): TerminalSize | undefined {
  if (!isCount(columns) || !isCount(rows)) return undefined;
  // A terminal of one column cannot hold a wide character.
  const size = {
    columns: Math.max(2, Math.min(columns, recordingLimits.columns)),
    rows: Math.min(rows, recordingLimits.rows),
  };
  if (size.columns !== columns || size.rows !== rows) {
    findings.add(
      "size",
      timeUs,
      `A terminal of ${columns} columns and ${rows} rows is shown with ${size.columns} and ${size.rows}.`,
    );
  }
  return size;
}

/** The size that a recording begins with; 80 columns and 24 rows where it names none. */
export function initialSize(columns: unknown, rows: unknown, findings: Findings): TerminalSize {
  const size = clampedSize(columns, rows, undefined, findings);
  if (size !== undefined) return size;
  const { defaultColumns, defaultRows } = recordingLimits;
  findings.add(
    "no-size",
    undefined,
    `The recording names no size of its terminal: ${defaultColumns} columns and ${defaultRows} rows are assumed.`,
  );
  return { columns: defaultColumns, rows: defaultRows };
}

/** A size that a player can draw, of a session under way: the usual one for what is no size, the largest for what is larger. */
export function terminalSize(columns: number | undefined, rows: number | undefined): TerminalSize {
  const { defaultColumns, defaultRows } = recordingLimits;
  return {
    columns: clamp(columns, defaultColumns, recordingLimits.columns),
    rows: clamp(rows, defaultRows, recordingLimits.rows),
  };
}

function clamp(value: number | undefined, otherwise: number, most: number): number {
  if (value === undefined || !Number.isFinite(value) || value < 1) return otherwise;
  return Math.min(Math.floor(value), most);
}

/** The size in the data of a resize event, `COLUMNSxROWS`; undefined for anything else. */
export function sizeOf(data: string): { columns: number; rows: number } | undefined {
  const parts = /^(\d{1,9})x(\d{1,9})$/i.exec(data.trim());
  return parts === null ? undefined : { columns: Number(parts[1]), rows: Number(parts[2]) };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
