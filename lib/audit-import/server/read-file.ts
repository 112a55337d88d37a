import "server-only";
import { createHash, type Hash } from "node:crypto";
import { Problem } from "@/lib/http/problem.ts";
import { contentOf } from "@/lib/ingest/server/event-ids.ts";
import {
  contextOf,
  type IngestSource,
  type PreparedRecord,
  prepareRecord,
} from "@/lib/ingest/server/prepare.ts";
import { Slices } from "@/lib/ingest/server/turns.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import type { ColumnMap } from "../columns.ts";
import { CsvError, CsvReader, type CsvRow } from "../csv-reader.ts";
import { importLimits } from "../limits.ts";
import type { RowFault } from "../outcome.ts";
import { type CellFault, readRow } from "../row.ts";

/** A row of a file that may be stored, with its line. */
export type FileRow = { line: number; record: PreparedRecord };

export type Batch = { receivedAt: string; rows: FileRow[]; faults: RowFault[] };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the rows of a file as its bytes come, batch by batch, and sums it up as it goes. */
export class FileReading {
  bytes = 0;
  rows = 0;
  readonly #hash: Hash = createHash("sha256");
  readonly #source: IngestSource;
  readonly #columns: ColumnMap;
  readonly #reader = new CsvReader();
  #header: string[] | undefined;
  #ended = false;

  constructor(source: IngestSource, columns: ColumnMap) {
    this.#source = source;
    this.#columns = columns;
  }

  /** SHA-256 of all bytes; to be asked for once, at the end. */
  sha256(): string {
    return this.#hash.digest("hex");
  }

  /** The bytes that follow are counted and hashed, and no rows made of them. */
  readNoFurther(): void {
    this.#ended = true;
  }

  /** @throws Problem 413 beyond a limit, 400 for a file that is no such CSV */
  async *batches(body: AsyncIterable<Uint8Array>): AsyncGenerator<Batch, void, void> {
    const slices = new Slices();
    let waiting: CsvRow[] = [];
    for await (const bytes of this.#measured(body)) {
      if (this.#ended) continue;
      for (const row of this.#rowsOf(() => this.#reader.push(bytes))) waiting.push(row);
      for (
        ;
        !this.#ended && waiting.length >= importLimits.batch;
        waiting = waiting.slice(importLimits.batch)
      )
        yield this.#prepare(waiting.slice(0, importLimits.batch));
      const rest = slices.rest();
      if (rest) await rest;
    }
    if (this.#ended) return;
    waiting.push(...this.#rowsOf(() => this.#reader.end()));
    if (waiting.length > 0) yield this.#prepare(waiting);
    if (this.#header === undefined) throw new Problem(400, "The file is empty: it has no row of headers.");
  }

  async *#measured(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      this.bytes += bytes.length;
      if (this.bytes > importLimits.file)
        throw new Problem(413, `The file must not have more than ${importLimits.file} bytes.`);
      this.#hash.update(bytes);
      yield bytes;
    }
  }

  /** Without the header, which is looked at. */
  #rowsOf(read: () => CsvRow[]): CsvRow[] {
    let rows: CsvRow[];
    try {
      rows = read();
    } catch (error) {
      if (error instanceof CsvError) {
        const { line, message } = error;
        throw new Problem(400, `Line ${line}: ${message}${message.endsWith("?") ? "" : "."}`);
      }
      throw error;
    }
    if (this.#header === undefined) {
      const first = rows.shift();
      if (first) this.#header = requireHeader(first, this.#columns);
    }
    this.rows += rows.length;
    if (this.rows > importLimits.rows)
      throw new Problem(413, `The file must not have more than ${importLimits.rows} rows.`);
    return rows;
  }

  #prepare(rows: readonly CsvRow[]): Batch {
    const receivedAt = nowInstant();
    const context = contextOf(this.#source, receivedAt);
    const batch: Batch = { receivedAt, rows: [], faults: [] };
    for (const row of rows) {
      const { line } = row;
      const made = this.#readOne(row);
      if ("faults" in made) {
        batch.faults.push(...made.faults.map((fault) => ({ line, ...fault })));
        continue;
      }
      const { raw, identity, id, draft } = made;
      const value = { rows: [draft] };
      const record = prepareRecord(this.#source, context, { id, raw, identity, value }, id);
      if (record.rejected === undefined) batch.rows.push({ line, record });
      else batch.faults.push({ line, ...rejection(record.rejected) });
    }
    return batch;
  }

  #readOne(row: CsvRow) {
    if (row.fault !== undefined) return { faults: [{ column: "" as const, reason: row.fault }] };
    const { raw, cells } = row;
    const wanted = this.#header?.length ?? 0;
    if (cells.length !== wanted) {
      const reason = `has ${cells.length} cells where the header has ${wanted}`;
      return { faults: [{ column: "" as const, reason }] };
    }
    const read = readRow(cells, this.#columns, () => decoder.decode(raw), this.#reader.delimiter ?? ",");
    if (read.faults) return { faults: read.faults };
    const { row: event, json } = read;
    const id = (event.eventId ?? "").toLowerCase();
    if (id === "") return { faults: [{ column: "Id" as const, reason: "is needed" }] };
    const identity = Buffer.from(contentOf(event, json, this.#source.organizationId), "utf8");
    return { raw, identity, id, draft: { log: "audit-log" as const, row: event, json } };
  }
}

function requireHeader(row: CsvRow, columns: ColumnMap): string[] {
  if (row.fault !== undefined) throw new Problem(400, `Line 1: the row of headers ${row.fault}.`);
  const { cells } = row;
  if (cells.length > importLimits.columns)
    throw new Problem(413, `The file must not have more than ${importLimits.columns} columns.`);
  const beyond = Object.entries(columns).filter(([, place]) => place >= cells.length);
  if (beyond.length > 0) {
    const errors = [{ parameter: "columns", reason: `names a column that the file does not have` }];
    throw new Problem(
      400,
      `The file has ${cells.length} columns, and ${beyond.map(([header]) => header).join(", ")} would be one behind them.`,
      { errors },
    );
  }
  return cells;
}

/** Of a row that the record does not take: its time, or its size. */
function rejection(reason: string): CellFault {
  return reason.startsWith("time: ")
    ? { column: "Timestamp", reason: reason.slice("time: ".length) }
    : { column: "", reason };
}
