import type { Family, Labels } from "./exposition.ts";

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

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
