import { describe, expect, it } from "vitest";
import { instantOfWall, isZone, relativeTime, showTime, wallOfInstant } from "./format-time.ts";

describe("showTime", () => {
  it("keeps the six digits of the record in every zone", () => {
    expect(showTime("2026-11-21T08:45:32.506784Z", "UTC")).toEqual({
      date: "2026-11-21",
      clock: "08:45:32",
      fraction: ".506784",
      offset: "+00:00",
    });
    expect(showTime("2026-11-21T23:45:32.999999Z", "Asia/Kolkata")).toEqual({
      date: "2026-11-22",
      clock: "05:15:32",
      fraction: ".999999",
      offset: "+05:30",
    });
  });

  it("writes midnight as 00, and the offset of that day, not of today", () => {
    expect(showTime("2026-07-01T22:00:00.000000Z", "Europe/Berlin")).toMatchObject({
      date: "2026-07-02",
      clock: "00:00:00",
      offset: "+02:00",
    });
    expect(showTime("2026-01-01T23:00:00.000000Z", "Europe/Berlin")).toMatchObject({
      clock: "00:00:00",
      offset: "+01:00",
    });
    expect(showTime("2026-01-01T00:00:00.000000Z", "Europe/London")).toMatchObject({ offset: "+00:00" });
  });

  it("does not make a time of what is none", () => {
    expect(showTime("yesterday", "UTC")).toBeUndefined();
  });
});

describe("zones", () => {
  it("tells a zone from what a cookie may hold instead", () => {
    expect(isZone("Europe/Berlin")).toBe(true);
    expect(isZone("Mars/Olympus")).toBe(false);
    expect(isZone("'; drop")).toBe(false);
  });
});

describe("instantOfWall", () => {
  it("goes back and forth", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham"]) {
      const instant = instantOfWall("2026-11-21T09:45:32", zone);
      expect(wallOfInstant(instant ?? "", zone)).toBe("2026-11-21T09:45:32");
    }
    expect(instantOfWall("2026-07-21T09:45", "Europe/Berlin")).toBe("2026-07-21T07:45:00Z");
  });

  it("lands within the hour around a change of clocks", () => {
    // Read as UTC, 01:30 lies after the change already.
    expect(instantOfWall("2026-03-29T01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00Z");
    // 02:30 does not exist on this day, 03:00 is 01:00 UTC.
    expect(instantOfWall("2026-03-29T03:00", "Europe/Berlin")).toBe("2026-03-29T01:00:00Z");
    expect(["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"]).toContain(
      instantOfWall("2026-03-29T02:30", "Europe/Berlin"),
    );
    expect(instantOfWall("", "UTC")).toBeUndefined();
  });
});

describe("relativeTime", () => {
  const now = Date.parse("2026-11-21T08:45:32Z");
  it("uses the largest whole unit, in both directions", () => {
    expect(relativeTime("2026-11-21T08:40:00.000001Z", now)).toBe("5 minutes ago");
    expect(relativeTime("2026-11-19T08:45:31.000000Z", now)).toBe("2 days ago");
    expect(relativeTime("2026-11-21T08:45:31.506784Z", now)).toBe("0 seconds ago");
    expect(relativeTime("2026-11-21T10:45:32Z", now)).toBe("in 2 hours");
  });
});
