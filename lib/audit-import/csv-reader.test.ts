import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { CsvError, CsvReader, type CsvRow, quotedEmptyCells } from "./csv-reader.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "utf8");

/** Reads a text in pieces of a size. */
function read(text: string | Uint8Array, size = 1 << 20): CsvRow[] {
  const reader = new CsvReader();
  const bytes = typeof text === "string" ? bytesOf(text) : text;
  const rows: CsvRow[] = [];
  for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)));
  return [...rows, ...reader.end()];
}

const cells = (rows: readonly CsvRow[]) => rows.map((row) => row.cells ?? row.fault);

describe("a file", () => {
  it.each([1, 2, 3, 5, 1000])("is read the same in pieces of %i bytes", (size) => {
    const text = '\uFEFFa,b\r\n"x ""y"", z","two\r\nlines"\r\n,🌍\r\n\r\n"",last';
    const rows = read(text, size);
    expect(cells(rows)).toEqual([
      ["a", "b"],
      ['x "y", z', "two\r\nlines"],
      ["", "🌍"],
      ["", "last"],
    ]);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 4, 6]);
    expect(rows.map(({ raw }) => Buffer.from(raw).toString("utf8"))[1]).toBe('"x ""y"", z","two\r\nlines"');
  });

  it("gives back whatever papaparse writes", () => {
    const nasty = ["", '"', "\n", "\r", "\r\n", ",", "'", "\uFEFF", "=1", "a", "\u2028", "é"];
    const rows = nasty.flatMap((a) => nasty.map((b) => [`${a}${b}`, b, `x${a}`]));
    for (const newline of ["\n", "\r\n"])
      expect(cells(read(Papa.unparse(rows, { newline }), 7))).toEqual(rows);
  });

  it("has the delimiter of its header", () => {
    for (const delimiter of [",", ";", "\t", "|"])
      expect(cells(read(`a${delimiter}b\n1${delimiter}"2,;"\n`))).toEqual([
        ["a", "b"],
        ["1", "2,;"],
      ]);
  });

  it("says of a row what is wrong with it, and reads the others", () => {
    const rows = read(
      Buffer.concat([bytesOf("a,b\n1,2\n"), Buffer.from([0xff, 0x0a]), bytesOf('x"y",2\n3,4\n')]),
    );
    expect(rows.map(({ line, fault }) => [line, fault?.slice(0, 25)])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, "is not UTF-8"],
      [4, undefined],
      [5, undefined],
    ]);
    expect(read('a,b\n"x"y,2\n3,4\n').map(({ fault }) => fault?.slice(0, 33))).toEqual([
      undefined,
      "has a quote where none may be: a ",
      undefined,
    ]);
  });

  it("ends in an error where a quote does not", () => {
    expect(() => read('a,b\n1,2\n"x,2\n3,4\n')).toThrow(
      new CsvError(3, "the row that begins here has a quote that does not end"),
    );
    expect(() => read(`a,b\n"${"x".repeat(5 * 1024 * 1024)}`)).toThrow(CsvError);
  });
});

it("tells an empty text from none", () => {
  expect([...quotedEmptyCells('"",a,,"x,""","",', ",")]).toEqual([0, 4]);
  expect([...quotedEmptyCells("", ",")]).toEqual([]);
  expect([...quotedEmptyCells('a,""', ",")]).toEqual([1]);
  expect([...quotedEmptyCells('"[""x"","""",""y""]",""', ",")]).toEqual([1]);
});
