import { expect, test } from "vitest";
import { linesWith, readLines, readSome } from "./text-lines.ts";

test("lines have their moment, and keep what looks like one in their text", () => {
  const lines = readLines("00:00:01.250  first\n100:00:00.000    00:00:05.000  indented\n");
  expect(lines).toEqual([
    { us: 1_250_000, clock: "00:00:01.250", text: "first" },
    { us: 360_000_000_000, clock: "100:00:00.000", text: "  00:00:05.000  indented" },
  ]);
  expect(linesWith(lines, " INDENT ")).toEqual([1]);
  expect(linesWith(lines, " ")).toEqual([]);
  expect(readLines("")).toEqual([]);
});

test("of a long text the first whole lines are read", async () => {
  const body = () => new Response("00:00:01.000  ä\n00:00:02.000  second\n").body ?? new ReadableStream();
  expect(await readSome(body(), 1000)).toEqual({
    text: "00:00:01.000  ä\n00:00:02.000  second\n",
    whole: true,
  });
  expect((await readSome(body(), 5)).whole).toBe(false);
});
