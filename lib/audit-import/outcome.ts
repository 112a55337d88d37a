import type { CellFault } from "./row.ts";

/** What is wrong with a row of a file; lines count from 1. */
export type RowFault = CellFault & { line: number };

/** What became of a file, or would become of it. */
export type ImportOutcome = {
  /** Rows of the file, its header apart. */
  rows: number;
  /** Rows that were new. */
  added: number;
  /** Rows that the organization has already, with the same content. */
  known: number;
  bytes: number;
  /** Of the file, in lower-case hex. */
  sha256: string;
  faults: RowFault[];
  /** False when there were too many faults, and the rest was not looked at. */
  complete: boolean;
};
