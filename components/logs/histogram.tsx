"use client";

import { useMemo } from "react";
import { cx } from "@/components/ui/cx.ts";
import { showTime } from "@/components/ui/format-time.ts";
import { Progress } from "@/components/ui/progress.tsx";
import { useZone } from "@/components/ui/zone.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { instantOf } from "@/lib/logs/time.ts";
import { askForValue, filterOfColumn, histogramParams, withTime } from "./conditions.ts";
import { formatCount } from "./format-values.ts";
import { type Bar, barsOf, type Series, seriesOf, totalsOf } from "./histogram-bars.ts";
import { HistogramChart, Swatch } from "./histogram-chart.tsx";
import { useBrush } from "./use-brush.ts";
import { useHistogram } from "./use-histogram.ts";
import type { ChangeQuery } from "./use-log-query.ts";

type HistogramProps = { view: LogView; query: LogQuery; change: ChangeQuery; received: number };

/** How many rows there are over the chosen time. Marking a span of it zooms in. */
export function Histogram({ view, query, change, received }: HistogramProps) {
  const { zone } = useZone();
  const { histogram, counting, error } = useHistogram(view.slug, histogramParams(query).toString(), received);
  const bars = useMemo(() => (histogram ? barsOf(histogram) : []), [histogram]);
  const series = useMemo(() => seriesOf(view, bars), [view, bars]);
  const { at, brush, handlers } = useBrush({
    count: bars.length,
    onZoom: (first, last) => {
      const [start, end] = [bars[first], bars[last]];
      if (start && end) change(withTime(query, { from: instantOf(start.startMs), to: instantOf(end.endMs) }));
    },
  });
  const looked = at === null ? undefined : bars[at];
  const marked = brush && bars.slice(Math.min(brush.from, brush.to), Math.max(brush.from, brush.to) + 1);
  const said = marked && marked.length > 1 ? sumOf(marked) : looked;
  // A log without a row has no time to be drawn over.
  const spans = histogram !== undefined && histogram.from !== histogram.to;
  const begin = spans && bars[0] ? edgeWords(bars[0].startMs, zone) : "";
  const end = spans ? edgeWords(Date.parse(histogram.to), zone) : "";

  return (
    <section aria-label="Volume over time" className="shrink-0 border-b border-line px-2 pt-2 sm:px-3">
      <div className="flex gap-4">
        <div className="min-w-0 flex-1">
          <div
            role="slider"
            aria-label={`${view.title} over time. Arrows move, Shift and arrows mark, Enter zooms in`}
            aria-valuemin={0}
            aria-valuemax={Math.max(0, bars.length - 1)}
            aria-valuenow={at ?? Math.max(0, bars.length - 1)}
            aria-valuetext={said ? barWords(said, series, zone) : "nothing chosen"}
            tabIndex={0}
            className={cx(
              "relative h-12 touch-pan-y cursor-crosshair",
              counting && histogram === undefined && "animate-pulse bg-sunken",
            )}
            {...handlers}
          >
            <HistogramChart bars={bars} series={series} at={at} brush={brush} />
          </div>
          <div className="tabular flex h-5 items-center justify-between gap-4 text-xs text-ink-3">
            {said ? (
              <span className="truncate text-ink">{barWords(said, series, zone)}</span>
            ) : (
              <>
                <span className="flex min-w-0 gap-3">
                  <span className="truncate">{begin}</span>
                  {histogram?.earlier && (
                    <button
                      type="button"
                      onClick={() =>
                        change(withTime(query, { from: histogram.earlier?.from ?? histogram.from }))
                      }
                      title={`Since ${edgeWords(Date.parse(histogram.earlier.from), zone)} ${zone}. Draw them too`}
                      className="shrink-0 rounded text-accent hover:underline"
                    >
                      {formatCount(histogram.earlier.rows)} earlier
                    </button>
                  )}
                </span>
                {error && (
                  <span className="truncate text-failure">
                    The volume could not be counted: {error.message}
                  </span>
                )}
                <span className="truncate">{end}</span>
              </>
            )}
          </div>
        </div>
        <Legend view={view} query={query} change={change} series={series} bars={bars} counting={counting} />
      </div>
      <div className="-mx-2 h-0.5 sm:-mx-3">
        {counting && <Progress label="Counting" {...progressOf(histogram)} />}
      </div>
    </section>
  );
}

type LegendProps = Omit<HistogramProps, "received"> & {
  series: readonly Series[];
  bars: readonly Bar[];
  counting: boolean;
};

/** What the fillings mean, with sums; each value is a filter. */
function Legend({ view, query, change, series, bars, counting }: LegendProps) {
  const totals = totalsOf(bars);
  const filter = filterOfColumn(view, view.series.column);
  return (
    <ul aria-label="Values" className="flex w-36 shrink-0 flex-col text-xs max-md:hidden">
      {series.map((each) => (
        <li key={each.value}>
          <button
            type="button"
            disabled={filter === undefined || each.value === "other"}
            title={`Filter for ${each.value}`}
            onClick={() => filter !== undefined && change(askForValue(query, filter, each.value, false))}
            className="flex w-full items-center gap-2 rounded px-1 enabled:hover:bg-hover"
          >
            <Swatch series={each} />
            <span className="flex-1 truncate text-left">{each.value}</span>
            <span className="tabular text-ink-2">
              {formatCount(totals[each.value] ?? 0)}
              {counting && "+"}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function sumOf(bars: readonly Bar[]): Bar | undefined {
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return undefined;
  const counts = totalsOf(bars);
  return {
    startMs: first.startMs,
    endMs: last.endMs,
    counts,
    total: Object.values(counts).reduce((sum, n) => sum + n, 0),
  };
}

function edgeWords(ms: number, zone: string): string {
  const shown = showTime(new Date(ms).toISOString(), zone);
  return shown ? `${shown.date} ${shown.clock}` : "";
}

function barWords(bar: Bar, series: readonly Series[], zone: string): string {
  const parts = series
    .filter(({ value }) => bar.counts[value])
    .map(({ value }) => `${formatCount(bar.counts[value] ?? 0)} ${value}`);
  return `${edgeWords(bar.startMs, zone)} – ${edgeWords(bar.endMs, zone)} ${zone}: ${parts.join(", ") || "none"}`;
}

/** How far a count has come, newest first. */
function progressOf(histogram: { from: string; to: string; scannedTo: string | null } | undefined) {
  if (!histogram?.scannedTo) return {};
  const [from, to, at] = [histogram.from, histogram.to, histogram.scannedTo].map((time) => Date.parse(time));
  if (from === undefined || to === undefined || at === undefined || to <= from) return {};
  return { value: (to - at) / (to - from) };
}
