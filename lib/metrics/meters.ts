import type { Family, Labels, Sample } from "./exposition.ts";

/** A sum that only grows, for each set of labels. */
export class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #sums = new Map<string, { labels: Labels; value: number }>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(labels: Labels, amount = 1): void {
    const key = keyOf(labels);
    const known = this.#sums.get(key);
    if (known) known.value += amount;
    else this.#sums.set(key, { labels, value: amount });
  }

  family(): Family {
    return { name: this.#name, help: this.#help, type: "counter", samples: [...this.#sums.values()] };
  }
}

type Distribution = { labels: Labels; buckets: number[]; sum: number; count: number };

/** How values are distributed over buckets, for each set of labels. */
export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #distributions = new Map<string, Distribution>();

  /** @param bounds upper bounds of the buckets, ascending; the last bucket, without a bound, is added */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  observe(labels: Labels, value: number): void {
    const key = keyOf(labels);
    const known = this.#distributions.get(key) ?? {
      labels,
      buckets: this.#bounds.map(() => 0),
      sum: 0,
      count: 0,
    };
    this.#distributions.set(key, known);
    const place = this.#bounds.findIndex((bound) => value <= bound);
    if (place >= 0) known.buckets[place] = (known.buckets[place] ?? 0) + 1;
    known.sum += value;
    known.count += 1;
  }

  family(): Family {
    const samples = [...this.#distributions.values()].flatMap((distribution) =>
      this.#samplesOf(distribution),
    );
    return { name: this.#name, help: this.#help, type: "histogram", samples };
  }

  #samplesOf({ labels, buckets, sum, count }: Distribution): Sample[] {
    let below = 0;
    const bucketSamples = buckets.map((n, place): Sample => {
      below += n;
      return { suffix: "_bucket", labels: { ...labels, le: String(this.#bounds[place]) }, value: below };
    });
    return [
      ...bucketSamples,
      { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
      { suffix: "_sum", labels, value: sum },
      { suffix: "_count", labels, value: count },
    ];
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
