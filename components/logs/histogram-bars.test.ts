import { describe, expect, it } from "vitest";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import { barsOf, mergeHistograms, piecesOf, seriesOf, totalsOf } from "./histogram-bars.ts";
import type { Histogram } from "./log-api.ts";

const hour = 3_600_000;

function histogram(part: Partial<Histogram>): Histogram {
  return {
    earlier: null,
    from: "2026-11-21T08:20:00.000000Z",
    to: "2026-11-21T11:00:00.000000Z",
    widthMs: hour,
    buckets: [],
    complete: true,
    scannedTo: null,
    ...part,
  };
}

describe("bars", () => {
  it("begin where the server's buckets begin, and leave no hour out", () => {
    const bars = barsOf(
      histogram({
        buckets: [{ start: "2026-11-21T10:00:00.000000Z", counts: { accepted: 3, rejected: 1 } }],
      }),
    );
    expect(bars.map(({ startMs, total }) => [new Date(startMs).toISOString(), total])).toEqual([
      ["2026-11-21T08:00:00.000Z", 0],
      ["2026-11-21T09:00:00.000Z", 0],
      ["2026-11-21T10:00:00.000Z", 4],
    ]);
  });

  it("meet buckets of weeks, which no epoch of 1970 would", () => {
    const week = 7 * 24 * hour;
    // date_bin('7 days', '2026-11-20', '2001-01-01') is Monday, 16 November.
    const bars = barsOf(
      histogram({
        widthMs: week,
        from: "2026-11-20T00:00:00.000000Z",
        buckets: [{ start: "2026-11-16T00:00:00.000000Z", counts: { accepted: 2 } }],
      }),
    );
    expect(bars.map(({ total }) => total)).toEqual([2]);
  });
});

it("a count that goes on adds what is older, in the bucket that was cut too", () => {
  const newer = histogram({
    complete: false,
    scannedTo: "2026-11-21T09:30:00.000000Z",
    buckets: [{ start: "2026-11-21T09:00:00.000000Z", counts: { accepted: 2 } }],
  });
  const older = histogram({
    to: "2026-11-21T09:30:00.000000Z",
    buckets: [
      { start: "2026-11-21T08:00:00.000000Z", counts: { rejected: 5 } },
      { start: "2026-11-21T09:00:00.000000Z", counts: { accepted: 1, rejected: 1 } },
    ],
  });
  const merged = mergeHistograms(newer, older);
  expect(merged).toMatchObject({ complete: true, scannedTo: null, to: newer.to });
  expect(totalsOf(barsOf(merged))).toEqual({ accepted: 3, rejected: 6 });
});

describe("series", () => {
  it("differ in every view without their colours' help being needed twice", () => {
    for (const slug of Object.keys(logViews) as LogSlug[]) {
      const series = seriesOf(logView(slug), []);
      expect(new Set(series.map(({ color, filling }) => `${color} ${filling}`)).size).toBe(series.length);
    }
  });

  it("name what is outside of the list only where there is some", () => {
    const bars = barsOf(
      histogram({ buckets: [{ start: "2026-11-21T10:00:00.000000Z", counts: { other: 1 } }] }),
    );
    expect(seriesOf(logView("commands"), bars).map(({ value }) => value)).toEqual([
      "accepted",
      "rejected",
      "other",
    ]);
    expect(seriesOf(logView("commands"), []).map(({ value }) => value)).toEqual(["accepted", "rejected"]);
  });
});

it("one failure among thousands is still to be seen, and the bar no higher than the chart", () => {
  const counts = { accepted: 9999, rejected: 1 };
  const pieces = piecesOf(
    { startMs: 0, endMs: hour, counts, total: 10_000 },
    seriesOf(logView("commands"), []),
    10_000,
  );
  expect(pieces).toEqual([
    { value: "accepted", from: 0, height: 97 },
    { value: "rejected", from: 97, height: 3 },
  ]);
});
