import { describe, expect, it } from "vitest";
import { addDays, addMonths, startOfWeek, weeksOf } from "./calendar-days.ts";

describe("days of the calendar", () => {
  it("go over months, years and leap days", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-03-31", -1)).toBe("2026-02-28");
    expect(addMonths("2026-11-22", -12)).toBe("2025-11-22");
  });

  it("stop at the ends of the calendar", () => {
    expect(addDays("9999-12-31", 1)).toBe("9999-12-31");
    expect(addMonths("0001-01-15", -1)).toBe("0001-01-15");
  });

  it("stand in weeks that begin on Monday", () => {
    expect(startOfWeek("2026-11-22")).toBe("2026-11-16");
    const weeks = weeksOf("2026-11-22");
    expect(weeks[0]?.[0]).toBe("2026-10-26");
    expect(weeks.flat()).toHaveLength(42);
    expect(weeks.flat().filter((day) => day.startsWith("2026-11"))).toHaveLength(30);
  });
});
