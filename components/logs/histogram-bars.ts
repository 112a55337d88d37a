import type { LogView } from "@/lib/logs/define.ts";
import { toneOf } from "./format-values.ts";
import type { Histogram } from "./log-api.ts";

/** One bar of the histogram: a span of time and how many rows of each value fall into it. */
export type Bar = { startMs: number; endMs: number; counts: { [value: string]: number }; total: number };

/** Buckets of the server are counted from here on, so that they fall on the same times for every range. */
const originMs = Date.UTC(2001, 0, 1);

/** Every bar from the first to the last bucket of the range, empty ones too. */
export function barsOf({ from, to, widthMs, buckets }: Histogram): Bar[] {
  const counted = new Map(buckets.map(({ start, counts }) => [Date.parse(start), counts]));
  const firstMs = originMs + Math.floor((Date.parse(from) - originMs) / widthMs) * widthMs;
  const bars: Bar[] = [];
  for (let startMs = firstMs; startMs < Date.parse(to); startMs += widthMs) {
    const counts = counted.get(startMs) ?? {};
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    bars.push({ startMs, endMs: startMs + widthMs, counts, total });
  }
  return bars;
}

/** Puts the older part of a count that went on behind what was counted so far. */
export function mergeHistograms(newer: Histogram, older: Histogram): Histogram {
  const sums = new Map(newer.buckets.map((bucket) => [bucket.start, { ...bucket.counts }]));
  for (const { start, counts } of older.buckets) {
    const sum = sums.get(start) ?? {};
    for (const [value, count] of Object.entries(counts)) sum[value] = (sum[value] ?? 0) + count;
    sums.set(start, sum);
  }
  const buckets = [...sums]
    .map(([start, counts]) => ({ start, counts }))
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  return { ...newer, buckets, from: older.from, complete: older.complete, scannedTo: older.scannedTo };
}

export const fillings = ["solid", "hatch", "dots", "lines"] as const;
export type Filling = (typeof fillings)[number];
export type Series = { value: string; color: string; filling: Filling };

const looks: { [tone: string]: { color: string; filling: Filling } } = {
  good: { color: "var(--ink-3)", filling: "solid" },
  neutral: { color: "var(--ink-3)", filling: "solid" },
  faint: { color: "var(--ink-3)", filling: "dots" },
  live: { color: "var(--live)", filling: "solid" },
  failure: { color: "var(--failure)", filling: "solid" },
  denied: { color: "var(--denied)", filling: "hatch" },
  warning: { color: "var(--warning)", filling: "lines" },
};

/** How each value of the view's series looks: no two alike, also without colours. */
export function seriesOf(view: LogView, bars: readonly Bar[]): Series[] {
  const others = bars.some((bar) => (bar.counts["other"] ?? 0) > 0) ? ["other"] : [];
  const taken = new Set<string>();
  return [...view.series.values, ...others].map((value) => {
    const { color, filling } = looks[toneOf(value)] ?? { color: "var(--ink-3)", filling: "solid" };
    const free = [filling, ...fillings].find((each) => !taken.has(`${color} ${each}`)) ?? filling;
    taken.add(`${color} ${free}`);
    return { value, color, filling: free };
  });
}

/** Rows of each value over all bars. */
export function totalsOf(bars: readonly Bar[]): { [value: string]: number } {
  const totals: { [value: string]: number } = {};
  for (const { counts } of bars) {
    for (const [value, count] of Object.entries(counts)) totals[value] = (totals[value] ?? 0) + count;
  }
  return totals;
}

export type Piece = { value: string; from: number; height: number };

/** The least height of a piece, in percent: a single failure among thousands must still be seen. */
const leastHeight = 3;

/** Where the pieces of a bar lie, in percent from below, for a chart whose highest bar has `highest` rows. */
export function piecesOf(bar: Bar, series: readonly Series[], highest: number): Piece[] {
  const pieces = series
    .filter(({ value }) => (bar.counts[value] ?? 0) > 0)
    .map(({ value }) => ({
      value,
      from: 0,
      height: Math.max(leastHeight, ((bar.counts[value] ?? 0) / highest) * 100),
    }));
  const over = pieces.reduce((sum, { height }) => sum + height, 0) - 100;
  const largest = pieces.reduce<Piece | undefined>(
    (most, piece) => (most && most.height >= piece.height ? most : piece),
    undefined,
  );
  if (over > 0 && largest) largest.height -= over;
  let from = 0;
  for (const piece of pieces) {
    piece.from = from;
    from += piece.height;
  }
  return pieces;
}
