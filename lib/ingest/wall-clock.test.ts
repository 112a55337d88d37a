import { describe, expect, it } from "vitest";
import { isTimeZone, offsetTimeToInstant, wallTimeToInstant } from "@/lib/ingest/wall-clock.ts";

const RECEIVED = "2026-11-21T09:00:00.000001Z";

function wall(text: string, year?: number) {
  const [, month, day, hour, minute, second, fraction] =
    /^(\d+)-(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return {
    year,
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction: fraction ?? "",
  };
}

describe("a time without a year", () => {
  it.each([
    ["just now", "11-21 08:59:59", RECEIVED, "2026-11-21T08:59:59Z"],
    ["ahead by less than a day", "11-22 08:00:00", RECEIVED, "2026-11-22T08:00:00Z"],
    ["ahead by more than a day is last year", "11-22 10:00:00", RECEIVED, "2025-11-22T10:00:00Z"],
    ["old", "01-05 10:00:00", RECEIVED, "2026-01-05T10:00:00Z"],
    [
      "December read on New Year's day",
      "12-31 23:59:59",
      "2027-01-01T00:00:02.000000Z",
      "2026-12-31T23:59:59Z",
    ],
    ["New Year read on 31 December", "01-01 00:00:01", "2026-12-31T23:59:58.000000Z", "2027-01-01T00:00:01Z"],
    ["leap day in a leap year", "02-29 12:00:00", "2028-03-01T00:00:00.000000Z", "2028-02-29T12:00:00Z"],
    ["leap day long after", "02-29 12:00:00", "2027-02-28T12:00:00.000000Z", "2024-02-29T12:00:00Z"],
    ["leap day across 2100", "02-29 12:00:00", "2103-05-01T00:00:00.000000Z", "2096-02-29T12:00:00Z"],
    ["fraction stays text", "11-21 08:48:36.861890", RECEIVED, "2026-11-21T08:48:36.861890Z"],
  ])("%s", (_, text, receivedAt, expected) => {
    expect(wallTimeToInstant(wall(text), "UTC", receivedAt)).toBe(expected);
  });

  it("takes the year of the zone, not of UTC", () => {
    // In Auckland it is 1 January 2027 already, in UTC still 31 December 2026.
    expect(wallTimeToInstant(wall("01-01 00:30:00"), "Pacific/Auckland", "2026-12-31T11:30:01.000000Z")).toBe(
      "2026-12-31T11:30:00Z",
    );
  });

  it.each(["02-30 00:00:00", "04-31 00:00:00", "00-10 00:00:00", "01-00 00:00:00", "13-01 00:00:00"])(
    "has no %s",
    (text) => expect(wallTimeToInstant(wall(text), "UTC", RECEIVED)).toBeUndefined(),
  );

  it.each(["11-21 24:00:00", "11-21 08:60:00", "11-21 08:00:60"])("has no %s", (text) =>
    expect(wallTimeToInstant(wall(text), "UTC", RECEIVED)).toBeUndefined(),
  );
});

describe("a zone", () => {
  it("moves the time", () => {
    expect(wallTimeToInstant(wall("11-21 09:45:00"), "Europe/Rome", RECEIVED)).toBe("2026-11-21T08:45:00Z");
    expect(wallTimeToInstant(wall("07-01 09:45:00"), "Europe/Rome", RECEIVED)).toBe("2026-07-01T07:45:00Z");
    expect(wallTimeToInstant(wall("11-21 14:15:00.5"), "Asia/Kathmandu", RECEIVED)).toBe(
      "2026-11-21T08:30:00.5Z",
    );
  });

  it("counts a skipped hour as if the clock had not changed", () => {
    expect(wallTimeToInstant(wall("03-29 02:30:00"), "Europe/Rome", RECEIVED)).toBe("2026-03-29T01:30:00Z");
  });

  it("takes the nearer of a repeated hour", () => {
    const text = wall("10-25 02:30:00");
    expect(wallTimeToInstant(text, "Europe/Rome", "2026-10-25T00:30:01.000000Z")).toBe(
      "2026-10-25T00:30:00Z",
    );
    expect(wallTimeToInstant(text, "Europe/Rome", "2026-10-25T01:30:01.000000Z")).toBe(
      "2026-10-25T01:30:00Z",
    );
  });

  it("is known or is not", () => {
    expect(isTimeZone("UTC")).toBe(true);
    expect(isTimeZone("America/New_York")).toBe(true);
    expect(isTimeZone("Mars/Olympus")).toBe(false);
    expect(isTimeZone("")).toBe(false);
    expect(wallTimeToInstant(wall("11-21 09:45:00"), "Mars/Olympus", RECEIVED)).toBeUndefined();
  });
});

describe("a known distance from UTC", () => {
  it("is taken off, over the end of the year too", () => {
    expect(offsetTimeToInstant({ ...wall("01-01 00:20:42.738197"), year: 2023 }, 60)).toBe(
      "2022-12-31T23:20:42.738197Z",
    );
    expect(offsetTimeToInstant({ ...wall("11-21 08:00:00"), year: 2026 }, -330)).toBe("2026-11-21T13:30:00Z");
  });

  it("stays within four digits of a year", () => {
    expect(offsetTimeToInstant({ ...wall("12-31 23:30:00"), year: 9999 }, -60)).toBeUndefined();
  });
});
