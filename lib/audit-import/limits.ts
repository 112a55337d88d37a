/** Every bound of importing an audit log; the page and README print them. */
export const importLimits = {
  /** Bytes of a file. */
  file: 1024 ** 3,
  /** Rows of a file, its header apart. */
  rows: 2_000_000,
  /** Bytes of one row. */
  row: 4 * 1024 * 1024,
  /** Columns of a file. */
  columns: 200,
  /** Faults that are listed; a file with more is not looked at any further. */
  faults: 50_000,
  /** Faults that the page shows; the download has all. */
  shown: 200,
  /** Rows that are stored in one transaction. */
  batch: 1000,
  /** Imports and checks at once in one server process. */
  atOnce: 2,
} as const;
