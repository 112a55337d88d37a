import "server-only";

/** How long one piece of work may keep the event loop from everything else. */
const sliceMs = 10;

let turns: Promise<void> = Promise.resolve();

/**
 * Lets long work be done in slices: `rest()` between two of its steps waits, once a slice is over, until the
 * event loop has been round. All such work shares the turns: one slice of it each time, however much waits.
 */
export class Slices {
  #until = performance.now() + sliceMs;

  /** @returns undefined while the slice lasts, so that most steps cost no turn of their own */
  rest(): Promise<void> | undefined {
    return performance.now() < this.#until ? undefined : this.#nextTurn();
  }

  /** Takes all steps of some work. @returns its result */
  async run<Result>(work: Iterator<unknown, Result, undefined>): Promise<Result> {
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
      const rest = this.rest();
      if (rest) await rest;
    }
  }

  /** Does the same with each of many items. */
  async each<Item>(items: Iterable<Item>, step: (item: Item) => void): Promise<void> {
    for (const item of items) {
      step(item);
      const rest = this.rest();
      if (rest) await rest;
    }
  }

  async #nextTurn(): Promise<void> {
    const turn = turns.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    turns = turn;
    await turn;
    this.#until = performance.now() + sliceMs;
  }
}
