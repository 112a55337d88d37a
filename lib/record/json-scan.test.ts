import { describe, expect, it } from "vitest";
import {
  decodeString,
  elements,
  MAX_DEPTH,
  members,
  parseRange,
  scanDocument,
} from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (all: Uint8Array, range: { start: number; end: number }) =>
  new TextDecoder().decode(all.subarray(range.start, range.end));

function reason(input: string | Uint8Array): string {
  try {
    scanDocument(typeof input === "string" ? bytes(input) : input);
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("scanDocument", () => {
  const good = [
    "0",
    "-0",
    "-0.5e+10",
    "1E9",
    "12345678901234567890.000",
    '""',
    "null",
    "true",
    "false",
    "[]",
    "{}",
    " [ ] ",
    '\t{ "a" : [ 1 , { } , "x" ] }\r\n',
    '"\\u0000\\ud800 \\u00e9\\/\\b\\f\\n\\r\\t\\"\\\\"',
    '"é漢😀\u007f"',
    '{"a":1,"a":2}',
  ];
  it.each(good)("accepts %s as JSON.parse does", (input) => {
    expect(() => JSON.parse(input)).not.toThrow();
    expect(reason(input)).toBe("accepted");
  });

  const bad = [
    "",
    " ",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "1e+",
    "nul",
    "truex",
    "NaN",
    "'a'",
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    "[1,]",
    "[,1]",
    "[1 2]",
    "[",
    "]",
    "{",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "{a:1}",
    '{"a":1 "b":2}',
    "1 2",
    "{}{}",
    "\ufeff{}",
    "[1}",
    '{"a":1]',
    "\u00a01",
  ];
  it.each(bad)("refuses %j as JSON.parse does", (input) => {
    expect(() => JSON.parse(input)).toThrow();
    expect(reason(input)).not.toBe("accepted");
  });

  it.each([
    ["a lone continuation byte", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a cut character", [0xe2, 0x82]],
    ["0xff", [0xff]],
  ])("refuses %s in a string", (_what, inside) => {
    expect(reason(Uint8Array.of(0x22, ...inside, 0x22))).toBe("not UTF-8 at byte 1");
  });

  it("names what is wrong and where", () => {
    expect(reason('{"a":1,}')).toBe("expected a key at byte 7");
    expect(reason('{"a":"x')).toBe("the text ends inside a string at byte 7");
    expect(reason("[1,2")).toBe("the text ends where ',' or ']' should be at byte 4");
    expect(reason("{} x")).toBe("something follows the value at byte 3");
  });

  it("limits nesting", () => {
    expect(reason("[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH))).toBe("accepted");
    expect(reason("[".repeat(1_000_000))).toBe(`nested deeper than 64 levels at byte ${MAX_DEPTH}`);
    expect(reason('{"a":'.repeat(MAX_DEPTH + 1))).toContain("nested deeper");
  });

  it("agrees with JSON.parse on every way to spoil one byte of a document", () => {
    const original = bytes('{"a":[1,-2.5e3,"x\\u00e9"],"b":{"c":null,"d":true}}');
    const spoilt = [0x00, 0x20, 0x22, 0x2c, 0x30, 0x5c, 0x5d, 0x65, 0x7d];
    for (let at = 0; at < original.length; at++) {
      for (const byte of spoilt) {
        const copy = original.slice();
        copy[at] = byte;
        const asText = new TextDecoder().decode(copy);
        let parses = true;
        try {
          JSON.parse(asText);
        } catch {
          parses = false;
        }
        expect([asText, reason(copy) === "accepted"]).toEqual([asText, parses]);
      }
    }
  });
});

describe("members and elements", () => {
  it("give exact slices, repeated keys and odd numbers included", () => {
    const input = bytes(
      '{ "accept" : {"n":1.0e2} ,"accept":\n[ ] ,"\\u0061ccept":"\\ud800","__proto__":18446744073709551616 }',
    );
    const seen = [...members(input)].map((member) => [
      member.key,
      text(input, member.keyRange),
      text(input, member.valueRange),
    ]);
    expect(seen).toEqual([
      ["accept", '"accept"', '{"n":1.0e2}'],
      ["accept", '"accept"', "[ ]"],
      ["accept", '"\\u0061ccept"', '"\\ud800"'],
      ["__proto__", '"__proto__"', "18446744073709551616"],
    ]);
  });

  it("walk from any offset and stop at the first error", () => {
    const input = bytes('{"items":[{"a":1}, {"b":2} ,3 4]}');
    const items = [...members(bytes('{"items":[{"a":1}, {"b":2} ,3]}'))][0];
    expect(items?.valueRange.start).toBe(9);
    const seen: string[] = [];
    expect(() => {
      for (const range of elements(input, 9)) seen.push(text(input, range));
    }).toThrow("expected ',' or ']' at byte 30");
    expect(seen).toEqual(['{"a":1}', '{"b":2}', "3"]);
  });

  it("say so when there is no object or array", () => {
    expect(() => [...members(bytes("[]"))]).toThrow("expected '{' at byte 0");
    expect(() => [...elements(bytes(" {}"))]).toThrow("expected '[' at byte 1");
    expect([...members(bytes("{ }"))]).toEqual([]);
    expect([...elements(bytes("[ ]"))]).toEqual([]);
  });

  it("keep a byte-order mark and escapes inside strings", () => {
    const input = bytes('["\ufeffx","a\\nb","\\udc00"]');
    expect([...elements(input)].map((range) => decodeString(input, range))).toEqual([
      "\ufeffx",
      "a\nb",
      "\udc00",
    ]);
  });

  it("parse a range without touching prototypes", () => {
    const input = bytes('{"__proto__":{"polluted":true}}');
    const value = parseRange(input, scanDocument(input)) as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
