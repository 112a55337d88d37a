import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellQuote } from "@/lib/ingest/shell-quote.ts";

describe("shellQuote", () => {
  it.each([
    [["ls", "-la", "/tmp"], "ls -la /tmp"],
    [["sh", "-c", "a | b; c"], "sh -c 'a | b; c'"],
    [["", "it's", "é"], "'' 'it'\\''s' 'é'"],
    [["a\nb\t\u001b[2J\\'"], "$'a\\nb\\t\\e[2J\\\\\\''"],
    [
      ["\u202egnp.exe", "\u200b", "\u0085", "\ud800", "\0"],
      "$'\\u202egnp.exe' $'\\u200b' $'\\u0085' $'\\ud800' $'\\x00'",
    ],
  ])("%j", (args, expected) => {
    expect(shellQuote(args)).toBe(expected);
  });

  it("gives bash its arguments back", () => {
    const args = ["plain", "", " ", "a'b\"c$d`e\\f", "new\nline", "\t\u001b[31m", "*?[x]", "~", "#", "漢字"];
    const output = execFileSync("bash", ["--norc", "-c", `printf '%s\\0' ${shellQuote(args)}`], {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    expect(output.toString().split("\0").slice(0, -1)).toEqual(args);
  });
});
