/** How much output a recording has over its time. Bins are `binUs` microseconds wide, the first begins at 0. */
export type Activity = { binUs: number; counts: number[] };

const BINS = 1024;

/** Counts output by time without knowing how long the recording is: bins grow twice as wide when time runs out of them. */
export class ActivityCounter {
  private binUs = 1000;
  private counts = new Array<number>(BINS).fill(0);

  add(timeUs: number, amount: number): void {
    while (timeUs >= this.binUs * BINS) {
      this.counts = this.counts.map((_, bin) =>
        bin < BINS / 2 ? (this.counts[bin * 2] ?? 0) + (this.counts[bin * 2 + 1] ?? 0) : 0,
      );
      this.binUs *= 2;
    }
    const bin = Math.floor(timeUs / this.binUs);
    this.counts[bin] = (this.counts[bin] ?? 0) + amount;
  }

  result(durationUs: number): Activity {
    return { binUs: this.binUs, counts: this.counts.slice(0, Math.floor(durationUs / this.binUs) + 1) };
  }
}

/**
 * The same counts in `bins` bins of equal width over a timeline of `durationUs`.
 * @param place where a moment of the recording is on that timeline, for one with pauses taken out
 */
export function timelineOf(
  activity: Activity,
  durationUs: number,
  bins: number,
  place: (timeUs: number) => number = (timeUs) => timeUs,
): number[] {
  const result = new Array<number>(bins).fill(0);
  const width = Math.max(1, durationUs) / bins;
  const binAt = (timeUs: number) => Math.min(bins - 1, Math.floor(place(timeUs) / width));
  for (const [index, count] of activity.counts.entries()) {
    if (count === 0) continue;
    const first = binAt(index * activity.binUs);
    const last = Math.max(first, binAt((index + 1) * activity.binUs - 1));
    for (let bin = first; bin <= last; bin++) {
      result[bin] = (result[bin] ?? 0) + count / (last - first + 1);
    }
  }
  return result;
}
