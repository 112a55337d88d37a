import { describe, expect, it } from "vitest";
import { daysAndMonths } from "./days-and-months.ts";

describe("daysAndMonths", () => {
  it("is each day of a short time", () => {
    expect(daysAndMonths("2026-02-27", "2026-03-02")).toEqual([
      "d2026-02-27",
      "d2026-02-28",
      "d2026-03-01",
      "d2026-03-02",
    ]);
    expect(daysAndMonths("2026-11-21", "2026-11-21")).toEqual(["d2026-11-21"]);
  });
  it("takes whole months together", () => {
    expect(daysAndMonths("2025-11-30", "2026-02-28")).toEqual([
      "d2025-11-30",
      "m2025-12",
      "m2026-01",
      "m2026-02",
    ]);
    expect(daysAndMonths("2024-02-01", "2024-02-28").at(-1)).toBe("d2024-02-28");
    expect(daysAndMonths("2024-02-01", "2024-02-29")).toEqual(["m2024-02"]);
  });
  it("knows years of any length of life", () => {
    expect(daysAndMonths("0099-12-31", "0100-01-31")).toEqual(["d0099-12-31", "m0100-01"]);
    expect(daysAndMonths("1970-01-01", "2026-12-31")).toHaveLength(57 * 12);
  });
});
