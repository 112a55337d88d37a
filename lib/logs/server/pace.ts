import "server-only";

/** How long one call may look for rows that few match, or count them, before it answers with what it has. */
export const scanBudgetMs = 150;
/** No slice is so much larger than the one before that what that one took tells nothing of it. */
const growth = 5;
/** A slice of fewer rows costs more in asking than in looking. */
const leastRows = 500;

/**
 * How many rows the next slice of a scan has: as many as can be looked at in what is left of the time, going
 * by how long the slice before took. Rows differ in width and in where they lie; milliseconds do not.
 */
export class Pace {
  rows: number;
  readonly #started: number;
  readonly #now: () => number;
  #sliceStarted: number;

  /** @param rows of the first slice */
  constructor(rows: number, now: () => number = () => performance.now()) {
    this.rows = rows;
    this.#now = now;
    this.#started = now();
    this.#sliceStarted = this.#started;
  }

  /** Told after each slice. @returns whether there is time for another */
  goesOn(): boolean {
    const now = this.#now();
    const tookMs = Math.max(0.1, now - this.#sliceStarted);
    const leftMs = this.#started + scanBudgetMs - now;
    const affordable = Math.floor((this.rows / tookMs) * leftMs);
    this.#sliceStarted = now;
    this.rows = Math.min(this.rows * growth, affordable);
    return this.rows >= leastRows;
  }
}
