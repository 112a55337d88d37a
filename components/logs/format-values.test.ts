import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, toneOf } from "./format-values.ts";

describe("formatDuration", () => {
  it("takes the unit that fits, and never rounds up into the next", () => {
    const shown = [
      0, 999, 1000, 4249, 999_999, 1_000_000, 59_999_999, 60_000_000, 125_000_000, 7_265_000_000,
    ].map(formatDuration);
    expect(shown).toEqual([
      "0 µs",
      "999 µs",
      "1 ms",
      "4.24 ms",
      "999 ms",
      "1 s",
      "59.9 s",
      "1 min 0 s",
      "2 min 5 s",
      "2 h 1 min",
    ]);
  });
});

describe("formatBytes", () => {
  it("counts in thousands", () => {
    expect([0, 999, 1000, 3421, 999_949, 1_210_000_000].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1 kB",
      "3.42 kB",
      "999 kB",
      "1.21 GB",
    ]);
  });
});

it("only words with a meaning have a colour", () => {
  expect(toneOf("denied")).toBe("denied");
  expect(toneOf("kubectl CLI")).toBe("neutral");
  expect(toneOf("constructor")).toBe("neutral");
});
