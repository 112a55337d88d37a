/** Larger terminals are drawn by nobody and would make a player allocate without end. */
export const largestTerminal = { columns: 1000, rows: 500 } as const;

/** Of recordings that were made without a terminal. */
const usual = { columns: 80, rows: 24 } as const;

/** A size that a player can draw: 80x24 for what is no size, the largest for what is larger. */
export function terminalSize(
  columns: number | undefined,
  rows: number | undefined,
): { columns: number; rows: number } {
  return {
    columns: clamp(columns, usual.columns, largestTerminal.columns),
    rows: clamp(rows, usual.rows, largestTerminal.rows),
  };
}

function clamp(value: number | undefined, otherwise: number, most: number): number {
  if (value === undefined || !Number.isFinite(value) || value < 1) return otherwise;
  return Math.min(Math.floor(value), most);
}
