import { describe, expect, it } from "vitest";
import { instantOf, microsBetween } from "@/lib/ingest/rfc3339.ts";

describe("instantOf", () => {
  it.each([
    ["2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"],
    ["2026-11-21t09:00:00.123456z", "2026-11-21T09:00:00.123456Z"],
    ["2026-11-21T09:00:00.123456999Z", "2026-11-21T09:00:00.123456Z"],
    ["2026-11-21T09:00:00.5+02:00", "2026-11-21T07:00:00.5Z"],
    ["2026-12-31T23:30:00.000001-01:00", "2027-01-01T00:30:00.000001Z"],
    ["2026-02-29T00:00:00Z", undefined],
    ["2026-11-21T24:00:00Z", undefined],
    ["2026-11-21T09:00:60Z", undefined],
    ["2026-11-21T09:00:00", undefined],
    ["2026-11-21T09:00:00+25:00", undefined],
    ["2026-11-21 09:00:00Z", undefined],
    ["0000-01-01T00:00:00+23:59", undefined],
    ["9999-12-31T23:59:59-23:59", undefined],
    ["yesterday", undefined],
  ])("%s is %s", (text, expected) => {
    expect(instantOf(text)).toBe(expected);
  });
});

describe("microsBetween", () => {
  it("counts microseconds, whatever the number of digits", () => {
    expect(microsBetween("2026-11-21T09:00:00.999999Z", "2026-11-21T09:00:01Z")).toBe(1);
    expect(microsBetween("2026-11-21T09:00:00Z", "2026-11-21T09:00:00.5Z")).toBe(500_000);
    expect(microsBetween("2026-11-22T00:00:00Z", "2026-11-21T00:00:00Z")).toBe(-86_400_000_000);
  });
});
