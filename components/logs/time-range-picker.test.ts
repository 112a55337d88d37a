import { expect, it } from "vitest";
import { rangeWords } from "./time-range-picker.tsx";

it("whole days in UTC are told as days, the last of them included", () => {
  const day = { from: "2026-11-22T00:00:00.000000Z", to: "2026-11-23T00:00:00.000000Z" };
  expect(rangeWords(day, "UTC")).toBe("2026-11-22 UTC");
  expect(rangeWords({ ...day, from: "2026-11-01T00:00:00.000000Z" }, "UTC")).toBe(
    "2026-11-01 – 2026-11-22 UTC",
  );
  expect(rangeWords(day, "Europe/Berlin")).toContain("2026-11-22 01:00:00 – 2026-11-23 01:00:00");
  expect(rangeWords({ ...day, to: "2026-11-23T00:00:00.000001Z" }, "UTC")).toContain("00:00:00 –");
});
