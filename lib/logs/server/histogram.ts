import "server-only";
import { badRequest } from "@/lib/http/problem.ts";
import type { LogView } from "../define.ts";
import type { LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { type Count, type Counting, countFromRollup, countRows } from "./histogram-counts.ts";
import { type Span, spanOf } from "./histogram-span.ts";
import { isWhole, type Scope } from "./sql.ts";

export type Histogram = Span & {
  widthMs: number;
  /** Buckets that hold rows, earliest first; values outside the view's series count as `other`. */
  buckets: { start: string; counts: { [value: string]: number } }[];
  complete: boolean;
  /** Rows at or after this time are counted, where the time allowed ran out: ask again with `to` = this. */
  scannedTo: string | null;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const widths = [
  1000,
  5000,
  15_000,
  60_000,
  300_000,
  900_000,
  hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
  dayMs,
  7 * dayMs,
  30 * dayMs,
];
/** At most this many bars. */
const maxBuckets = 120;

/**
 * Rows per bucket and value of the view's series. Without filters of its own whole hours come from the rollup
 * and the edges from the rows, which gives the exact count; with filters rows are counted, newest first, as
 * many as the time of one call allows.
 * @param fit as of {@link spanOf}; only where nothing is filtered
 * @param widthMs the width of an earlier, incomplete answer, to go on with the same buckets
 * @throws Problem 400 when a width makes bars without number
 */
export async function getHistogram(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  { widthMs, fit = false }: { widthMs?: number | undefined; fit?: boolean } = {},
): Promise<Histogram> {
  const view = logView(slug);
  const countedAhead = isCountedAhead(scope, query);
  const { from, to, earlier } = await spanOf(view, scope, query, Date.now(), fit && countedAhead);
  const span = Date.parse(to) - Date.parse(from);
  // The rows of an answer that is gone on with may reach a little further than they did.
  if (widthMs !== undefined && span / widthMs > 2 * maxBuckets) {
    throw badRequest([{ parameter: "width", reason: `makes more than ${2 * maxBuckets} bars of this time` }]);
  }
  const width = widthMs ?? widthFor(span);
  const counting: Counting = { view, scope, conditions: query.conditions, from, to, width };
  const { counts, end } = countedAhead
    ? { counts: await countFromRollup(counting), end: from }
    : await countRows(counting, widthMs === undefined);
  const complete = end <= from;
  return {
    from,
    to,
    earlier,
    widthMs: width,
    buckets: bucketsOf(view, counts),
    complete,
    scannedTo: complete ? null : end,
  };
}

/** The rollup knows hours and the values of the series, and nothing of other columns. */
function isCountedAhead(scope: Scope, { conditions }: LogQuery): boolean {
  return conditions.length === 0 && isWhole(scope);
}

/** The narrowest width that needs no more than {@link maxBuckets} bars. */
export function widthFor(spanMs: number): number {
  return widths.find((width) => spanMs / width <= maxBuckets) ?? 365 * dayMs;
}

function bucketsOf(view: LogView, counts: Count[]): Histogram["buckets"] {
  const buckets = new Map<string, { [value: string]: number }>();
  for (const { start, value, n } of counts) {
    const name = view.series.values.includes(value) ? value : "other";
    const entry = buckets.get(start) ?? {};
    entry[name] = (entry[name] ?? 0) + n;
    buckets.set(start, entry);
  }
  return [...buckets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([start, values]) => ({ start, counts: values }));
}
