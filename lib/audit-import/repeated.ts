import type { ColumnMap } from "./columns.ts";
import { CsvError, CsvReader, type CsvRow } from "./csv-reader.ts";
import { importLimits } from "./limits.ts";
import type { RowFault } from "./outcome.ts";

/** How far a file is read. */
export type Reading = { bytes: number; rows: number };

/**
 * Reads a whole file and looks for Ids that stand in it twice with other cells: the server, which looks at a batch at
 * a time, sees such rows only when the first of them is stored.
 * @param onProgress called with every piece
 * @throws CsvError
 */
export async function findRepeated(
  pieces: AsyncIterable<Uint8Array>,
  columns: ColumnMap,
  onProgress: (reading: Reading) => void,
): Promise<Reading & { faults: RowFault[] }> {
  const reader = new CsvReader();
  const place = columns.Id ?? 0;
  const seen = new Map<string, { line: number; hash: number }>();
  const faults: RowFault[] = [];
  const reading: Reading = { bytes: 0, rows: -1 };
  const look = (rows: ReturnType<CsvReader["push"]>): void => {
    for (const { line, cells } of rows) {
      reading.rows++;
      if (reading.rows === 0 || !cells) continue;
      const id = (cells[place] ?? "").toLowerCase();
      const hash = hashOf(cells);
      const before = seen.get(id);
      if (before === undefined) seen.set(id, { line, hash });
      else if (before.hash !== hash && faults.length < importLimits.faults)
        faults.push({
          line,
          column: "Id",
          reason: `${id} stands on line ${before.line} already, with other content`,
        });
    }
  };
  for await (const bytes of pieces) {
    look(reader.push(bytes));
    reading.bytes += bytes.length;
    onProgress({ ...reading, rows: Math.max(0, reading.rows) });
  }
  look(reader.end());
  return { ...reading, rows: Math.max(0, reading.rows), faults };
}

/** 53 bits, to tell rows of one Id apart. @see https://github.com/bryc/code (cyrb53, public domain) */
function hashOf(cells: readonly string[]): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (const cell of cells) {
    for (let at = 0; at <= cell.length; at++) {
      const unit = at === cell.length ? 0x1f : cell.charCodeAt(at);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/** The row of headers of a file; nothing for an empty one. @throws CsvError */
export async function readHeader(pieces: AsyncIterable<Uint8Array>): Promise<string[]> {
  const reader = new CsvReader();
  for await (const bytes of pieces) {
    const [first] = reader.push(bytes);
    if (first) return headerOf(first);
  }
  const [last] = reader.end();
  return last ? headerOf(last) : [];
}

function headerOf({ line, cells, fault }: CsvRow): string[] {
  if (cells) return cells;
  throw new CsvError(line, `the row of headers ${fault}.`);
}
