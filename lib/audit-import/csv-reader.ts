import Papa from "papaparse";
import { importLimits } from "./limits.ts";

/** A row of a file with the line it begins on, from 1; `fault` says why its cells cannot be read. */
export type CsvRow = { line: number; raw: Uint8Array } & (
  | { cells: string[]; fault?: never }
  | { fault: string; cells?: never }
);

/** A file that cannot be read any further. */
export class CsvError extends Error {
  override name = "CsvError";
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

type Cut = { line: number; raw: Uint8Array };

/**
 * Reads CSV (RFC 4180, UTF-8 with or without a byte order mark, lines that end with LF or CRLF) piece by piece. It
 * finds where rows end, by the quotes before a line's end; papaparse reads what is in them. The delimiter is the one
 * that the first row has: comma, semicolon, tab or bar.
 */
export class CsvReader {
  delimiter: string | undefined;
  #pending: Uint8Array = new Uint8Array();
  #scanned = 0;
  #quoted = false;
  #line = 1;
  #rowLine = 1;
  #begun = false;

  /** @returns the rows that end in these bytes @throws CsvError */
  push(bytes: Uint8Array): CsvRow[] {
    const all = this.#begun ? joined(this.#pending, bytes) : this.#withoutMark(joined(this.#pending, bytes));
    if (!all) return [];
    const cuts = this.#cut(all);
    if (this.#pending.length > importLimits.row) {
      const reason = `the row that begins here has more than ${importLimits.row} bytes: is there a quote that does not end?`;
      throw new CsvError(this.#rowLine, reason);
    }
    return this.#read(cuts);
  }

  /** @returns the last row, where no line's end follows it @throws CsvError */
  end(): CsvRow[] {
    if (!this.#begun) this.#pending = withoutMark(this.#pending);
    if (this.#pending.length === 0) return [];
    if (this.#quoted)
      throw new CsvError(this.#rowLine, "the row that begins here has a quote that does not end");
    const last = { line: this.#rowLine, raw: this.#pending };
    this.#pending = new Uint8Array();
    return this.#read([last]);
  }

  #withoutMark(all: Uint8Array): Uint8Array | undefined {
    if (all.length < 3) {
      this.#pending = all;
      return undefined;
    }
    this.#begun = true;
    this.#scanned = 0;
    return withoutMark(all);
  }

  #cut(all: Uint8Array): Cut[] {
    const cuts: Cut[] = [];
    let start = 0;
    for (let at = this.#scanned; at < all.length; at++) {
      const byte = all[at];
      if (byte === quote) this.#quoted = !this.#quoted;
      if (byte !== newline) continue;
      this.#line++;
      if (this.#quoted) continue;
      const end = at > start && all[at - 1] === carriageReturn ? at - 1 : at;
      cuts.push({ line: this.#rowLine, raw: all.subarray(start, end) });
      this.#rowLine = this.#line;
      start = at + 1;
    }
    this.#pending = all.subarray(start);
    this.#scanned = this.#pending.length;
    return cuts;
  }

  #read(cuts: readonly Cut[]): CsvRow[] {
    const rows = cuts.filter(({ raw }) => raw.length > 0);
    if (rows.length === 0) return [];
    const texts = rows.map(({ raw }) => decoded(raw));
    this.delimiter ??= delimiterOf(texts[0] ?? "");
    const delimiter = this.delimiter;
    const together = texts.every((text) => text !== undefined)
      ? parsed(texts.join("\n"), delimiter)
      : undefined;
    if (together?.length === rows.length)
      return rows.map((row, at) => ({ ...row, cells: together[at] ?? [] }));
    return rows.map((row, at) => readAlone(row, texts[at], delimiter));
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** @returns undefined when papaparse finds fault with it */
function parsed(text: string, delimiter: string): string[][] | undefined {
  // Papaparse takes a mark off the beginning: one that is part of the first cell must not be it.
  const { data, errors } = Papa.parse<string[]>(`\uFEFF${text}`, { delimiter, newline: "\n" });
  return errors.length === 0 ? data : undefined;
}

function readAlone(row: Cut, text: string | undefined, delimiter: string): CsvRow {
  if (text === undefined) return { ...row, fault: "is not UTF-8" };
  const [cells, ...more] = parsed(text, delimiter) ?? [];
  if (cells && more.length === 0) return { ...row, cells };
  return {
    ...row,
    fault: "has a quote where none may be: a cell with quotes stands in quotes, and they are doubled",
  };
}

const delimiters = [",", ";", "\t", "|"];

/** The one that parts the header into the most cells. */
function delimiterOf(header: string): string {
  const counts = delimiters.map((one) => parsed(header, one)?.[0]?.length ?? 0);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}

/**
 * The places of cells that are empty and stand in quotes: PostgreSQL so tells an empty text from none.
 * @param text of one row that was read without a fault
 */
export function quotedEmptyCells(text: string, delimiter: string): Set<number> {
  const found = new Set<number>();
  let place = 0;
  for (let at = 0; at <= text.length; place++) {
    const begun = at;
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at += text[at] === '"' ? 2 : 1)
        if (at >= text.length) break;
      at++;
      if (at - begun === 2) found.add(place);
    } else {
      const next = text.indexOf(delimiter, at);
      at = next < 0 ? text.length : next;
    }
    at += delimiter.length;
  }
  return found;
}
