import { expect, it } from "vitest";
import { findRepeated, type Reading, readHeader } from "./repeated.ts";

async function* inPieces(text: string | Uint8Array, size = 5): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it("finds Ids that stand in a file twice with other cells, in either case", async () => {
  const readings: Reading[] = [];
  const file = 'x,Id\n1,a\n2,b\n1,a\n3,A\n"4\n4",b\n';
  const found = await findRepeated(inPieces(file), { Id: 1 }, (reading) => readings.push(reading));
  expect(found).toEqual({
    bytes: file.length,
    rows: 5,
    faults: [
      { line: 5, column: "Id", reason: "a stands on line 2 already, with other content" },
      { line: 6, column: "Id", reason: "b stands on line 3 already, with other content" },
    ],
  });
  expect(readings.at(-1)).toMatchObject({ bytes: file.length });
  expect(readings.length).toBeGreaterThan(3);
});

it("reads the header alone, with or without a line behind it", async () => {
  expect(await readHeader(inPieces("\uFEFFId;b\r\n1;2"))).toEqual(["Id", "b"]);
  expect(await readHeader(inPieces("Id,b"))).toEqual(["Id", "b"]);
  expect(await readHeader(inPieces(""))).toEqual([]);
});

it("says why a header cannot be read: a file in another encoding is not an empty one", async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("Id,b\r\n1,2\r\n", "utf16le")]);
  await expect(readHeader(inPieces(utf16))).rejects.toThrow("the row of headers is not UTF-8.");
});
