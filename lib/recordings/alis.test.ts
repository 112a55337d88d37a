import { describe, expect, it } from "vitest";
import { type AlisMessage, alisMagic, decodeAlis, encodeAlis, isAlisMagic } from "@/lib/recordings/alis.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("ALiS v1", () => {
  it("reads and writes the vector of asciinema's own tests", () => {
    const text = "Hello 世界 🌍";
    const vector = Buffer.concat([bytes("6f 05 c8 01 11"), Buffer.from(text)]);
    const message: AlisMessage = { type: "output", id: 5, time: 200, text };
    expect(Buffer.from(encodeAlis(message)).equals(vector)).toBe(true);
    expect(decodeAlis(vector)).toEqual(message);
  });

  it("reads what it writes", () => {
    const theme = {
      foreground: "#d0d0d0",
      background: "#0a0b0c",
      palette: Array.from({ length: 16 }, () => "#ff0080"),
    };
    const messages: AlisMessage[] = [
      { type: "init", lastId: 0, time: 0, columns: 80, rows: 24, theme: null, screen: "" },
      { type: "init", lastId: 300, time: 2 ** 40, columns: 720, rows: 200, theme, screen: "\u001b[H世界" },
      { type: "output", id: 1, time: 127, text: "" },
      { type: "input", id: 2, time: 128, text: "a".repeat(200) },
      { type: "marker", id: 3, time: 16_384, text: "deploy" },
      { type: "resize", id: 4, time: Number.MAX_SAFE_INTEGER, columns: 100, rows: 30 },
      { type: "exit", id: 5, time: 0, status: 137 },
      { type: "end" },
    ];
    for (const message of messages) expect(decodeAlis(encodeAlis(message))).toEqual(message);
  });

  it("knows its magic and ignores what stands behind an end", () => {
    expect(isAlisMagic(alisMagic)).toBe(true);
    expect(isAlisMagic(bytes("41 4c 69 53 02"))).toBe(false);
    expect(isAlisMagic(bytes("41 4c 69 53 01 00"))).toBe(false);
    expect(decodeAlis(bytes("04 07 81 01"))).toEqual({ type: "end" });
  });

  it("replaces what is no UTF-8", () => {
    expect(decodeAlis(bytes("6f 01 00 02 61 ff"))).toMatchObject({ text: "a\ufffd" });
  });

  it.each([
    ["", "the message ends before its type"],
    ["7a 00 00", "a message of the unknown type 0x7a"],
    ["6f", "the message ends before its id"],
    ["6f 80 80", "the message ends before its id"],
    ["6f 01 ff ff ff ff ff ff ff 1f", "its time is too large"],
    ["6f 01 80 80 80 80 80 80 80 80 80 80 80 80 80", "its time is too large"],
    ["6f 01 00 05 61", "the message ends within its text"],
    ["6f 01 00 ff ff ff ff 0f 61", "the message ends within its text"],
    ["6f 01 00 01 61 61", "1 bytes follow the message"],
    ["01 00 00 50 18 09", "a theme of 9 colours"],
    ["01 00 00 50 18 08 01 02", "the message ends before its theme's colours"],
  ])("refuses %s: %s", (hex, reason) => {
    expect(() => decodeAlis(bytes(hex))).toThrow(reason);
  });
});
