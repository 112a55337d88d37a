import { describe, expect, it } from "vitest";
import { indentJson } from "./indent-json.ts";

describe("indentJson", () => {
  it("keeps repeated keys, long numbers and escapes as they were written", () => {
    expect(indentJson('{"a":1,"a":12345678901234567890.0,"b":["\\u00e9\\"",{}],"c":[]}')).toBe(
      '{\n  "a": 1,\n  "a": 12345678901234567890.0,\n  "b": [\n    "\\u00e9\\"",\n    {}\n  ],\n  "c": []\n}',
    );
  });

  it("leaves braces inside of strings alone", () => {
    expect(indentJson('{"a":"}{,:"}')).toBe('{\n  "a": "}{,:"\n}');
  });

  it("sets several records one below the other", () => {
    expect(indentJson('{"a":1}\n[2]')).toBe('{\n  "a": 1\n}\n[\n  2\n]');
  });

  it("gives up on what is no JSON, cut off or closed wrongly", () => {
    for (const text of ["Nov 21 08:45:32 host sshd[1]: x", "", '"text"', '{"a":1', "[1}", '{"a":"', "}{"]) {
      expect(indentJson(text)).toBeUndefined();
    }
  });
});
