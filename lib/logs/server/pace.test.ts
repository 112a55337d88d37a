import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";

/** Scans at a speed until there is no time left. @returns rows of each slice, and when it ended */
function scan(rowsPerMs: (slice: number) => number) {
  let now = 1000;
  const pace = new Pace(2000, () => now);
  const slices: number[] = [];
  do {
    slices.push(pace.rows);
    now += pace.rows / rowsPerMs(slices.length);
  } while (pace.goesOn());
  return { slices, ms: now - 1000 };
}

describe("the pace of a scan", () => {
  it("fills its time, however fast rows are looked at", () => {
    for (const speed of [10, 60, 400, 3000]) {
      const { ms } = scan(() => speed);
      expect(ms).toBeGreaterThan(140);
      expect(ms).toBeLessThanOrEqual(201);
    }
  });

  it("answers after one slice where rows are slow, and with smaller slices where they become slow", () => {
    expect(scan(() => 5).slices).toEqual([2000]);
    const { slices, ms } = scan((slice) => (slice > 2 ? 20 : 100));
    expect(slices[2]).toBeLessThanOrEqual(10_000);
    expect(ms).toBeLessThan(500);
  });
});
