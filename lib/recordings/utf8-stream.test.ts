import { describe, expect, it } from "vitest";
import { Utf8Stream } from "@/lib/recordings/utf8-stream.ts";

function inPieces(bytes: Uint8Array, size: number): string {
  const stream = new Utf8Stream();
  let text = "";
  for (let at = 0; at < bytes.length; at += size) text += stream.push(bytes.subarray(at, at + size));
  return text + stream.end();
}

describe("text out of cut bytes", () => {
  const samples = {
    "all lengths": Buffer.from("aé世🌍\u{10ffff}z"),
    "no UTF-8": Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0x80, 0xe0, 0x80, 0x62]),
    "cut off at the end": Buffer.from([0x61, 0xf0, 0x9f, 0x8c]),
    "a byte order mark": Buffer.from("\ufeffa"),
  };
  for (const [name, bytes] of Object.entries(samples)) {
    it(`is the same in pieces of any size: ${name}`, () => {
      const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      for (let size = 1; size <= bytes.length; size++) expect(inPieces(bytes, size)).toBe(whole);
    });
  }

  it("says when a character waits for its end", () => {
    const stream = new Utf8Stream();
    expect(stream.push(Buffer.from([0x61, 0xe4, 0xb8]))).toBe("a");
    expect(stream.isPending).toBe(true);
    expect(stream.push(Buffer.from([0x96]))).toBe("世");
    expect(stream.isPending).toBe(false);
  });
});
