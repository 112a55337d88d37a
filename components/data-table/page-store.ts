import {
  inOrder,
  insertSorted,
  type Keys,
  keepTop,
  partArrivals,
  removeHeld,
  replaceHeld,
} from "./arrivals.ts";
import type { FetchedPage, ListSource } from "./list-source.ts";
import {
  append,
  countOf,
  emptyWindow,
  evict,
  missingPages,
  type PageWindow,
  positionOf,
  refill,
  type WindowPage,
} from "./page-window.ts";

/** `stopped`: the reader has cancelled a search; `failed`: see `error`. */
export type Phase = "idle" | "loading" | "stopped" | "failed";

export type PageState<R> = {
  window: PageWindow<R>;
  phase: Phase;
  error: Error | null;
  /** How far a search has come that finds little. */
  scannedTo: string | null;
  /** The rows still answer the question before; the answer is on its way. */
  stale: boolean;
  /** From where to follow what is new to this list. */
  position: string | null;
  /** Counts the questions answered: another number, another list. */
  generation: number;
};

/** Rows in memory at most, beside those on screen. */
export const mostHeld = 2_000;
const pageSize = 200;
/** A search that finds little goes on by itself until it has found this many. */
const fillSize = 50;
/** At the top of a live list what lies below this many rows is let go. */
const mostAtTop = 400;

/** Holds one list: fetches its pages as they are scrolled to, and takes in rows that arrive. */
export class PageStore<R> {
  private state: PageState<R>;
  private source: ListSource<R>;
  private readonly keys: Keys<R>;
  /** For each fetch under way, what has arrived since it was asked and may lack in its answer. */
  private readonly underway = new Set<R[]>();
  private readonly listeners = new Set<() => void>();
  private readonly refilling = new Set<string | null>();
  private life = new AbortController();
  private search = new AbortController();
  private seen = { first: 0, last: 0 };

  constructor(source: ListSource<R>, keys: Omit<Keys<R>, "before">) {
    this.source = source;
    this.keys = { ...keys, before: (a, b) => (this.source.newestFirst ? a > b : a < b) };
    this.state = this.begin(source.first, 0);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): PageState<R> => this.state;

  private set(change: Partial<PageState<R>>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private begin(first: FetchedPage<R> | undefined, generation: number): PageState<R> {
    const empty = emptyWindow<R>();
    const window = first ? append(empty, first.rows, first.nextCursor, this.keys.cursorOf) : empty;
    const { scannedTo = null, position = null } = first ?? {};
    return {
      window,
      phase: "idle",
      error: null,
      scannedTo,
      stale: first === undefined,
      position,
      generation,
    };
  }

  /** Lists something else. What is shown stays, marked as stale, until the first answer. */
  restart(source: ListSource<R>): void {
    this.callOff();
    this.source = source;
    if (source.first) this.set(this.begin(source.first, this.state.generation + 1));
    else this.set({ stale: true, scannedTo: null, error: null });
    if (!source.first) void this.fill();
  }

  /** Calls off whatever is on its way. */
  callOff(): void {
    this.life.abort();
    this.life = new AbortController();
    this.refilling.clear();
    if (this.state.phase === "loading") this.set({ phase: "idle" });
  }

  /** Goes on where the list ends so far. */
  loadMore = (): void => {
    if (this.state.phase !== "loading" && (this.state.stale || !this.state.window.ended)) void this.fill();
  };

  /** Tries again what failed. */
  retry = (): void => {
    this.set({ phase: "idle", error: null });
    this.see(this.seen.first, this.seen.last);
    if (this.state.phase === "idle") this.loadMore();
  };

  cancel = (): void => {
    this.search.abort();
    this.set({ phase: "stopped" });
  };

  private async fill(): Promise<void> {
    this.search = new AbortController();
    const signal = AbortSignal.any([this.life.signal, this.search.signal]);
    this.set({ phase: "loading", error: null });
    try {
      for (let found = 0; found < fillSize; ) {
        const after = this.state.stale ? null : this.state.window.next;
        const [page, missed] = await this.noting(this.source.fetchPage({ after, limit: pageSize, signal }));
        signal.throwIfAborted();
        const { stale, window } = this.state;
        // The list may have been cut at its top meanwhile, and ends elsewhere now.
        if (!stale && window.next !== after) break;
        const base = stale ? emptyWindow<R>() : window;
        const answered = append(base, page.rows, page.nextCursor, this.keys.cursorOf);
        // What arrives while a new list is on its way still answers the question before.
        const listed = stale ? answered : this.withMissed(answered, missed);
        const beginning = stale ? { position: page.position, generation: this.state.generation + 1 } : {};
        this.set({ window: listed, scannedTo: page.scannedTo, stale: false, ...beginning });
        found += page.rows.length;
        if (page.nextCursor === null) break;
      }
      this.set({ phase: "idle" });
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.set({ phase: "failed", error: error instanceof Error ? error : new Error(String(error)) });
  }

  /** Says which positions are on screen: fetches what is missing of them, lets go of what is far away. */
  see(first: number, last: number): void {
    this.seen = { first, last };
    const window = evict(this.state.window, first, last, mostHeld);
    if (window !== this.state.window) this.set({ window });
    if (this.state.phase === "failed") return;
    for (const page of missingPages(window, first, last)) void this.refillPage(page);
    if (last >= countOf(window) - fillSize && this.state.phase === "idle") this.loadMore();
  }

  private async noting<Answer>(fetching: Promise<Answer>): Promise<[Answer, R[]]> {
    const missed: R[] = [];
    this.underway.add(missed);
    try {
      return [await fetching, missed];
    } finally {
      this.underway.delete(missed);
    }
  }

  private withMissed(window: PageWindow<R>, missed: readonly R[]): PageWindow<R> {
    const { keyOf } = this.keys;
    const lacking = missed.filter((row) => positionOf(window, keyOf(row), keyOf) === undefined);
    return insertSorted(window, lacking, this.keys);
  }

  private async refillPage({ after, until }: WindowPage<R>): Promise<void> {
    if (this.refilling.has(after)) return;
    this.refilling.add(after);
    const { signal } = this.life;
    try {
      const [rows, missed] = await this.noting(this.fetchBetween(after, until, signal));
      if (signal.aborted) return;
      this.set({ window: this.withMissed(refill(this.state.window, after, rows), missed) });
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      if (!signal.aborted) this.refilling.delete(after);
    }
  }

  /** Every row behind `after` up to and with `until`, which may be gone by now. */
  private async fetchBetween(after: string | null, until: string, signal: AbortSignal): Promise<R[]> {
    const rows: R[] = [];
    let place = after;
    do {
      const page = await this.source.fetchPage({ after: place, limit: pageSize, signal });
      for (const row of page.rows) {
        const cursor = this.keys.cursorOf(row);
        if (this.keys.before(until, cursor)) return rows;
        rows.push(row);
        if (cursor === until) return rows;
      }
      place = page.nextCursor;
    } while (place !== null);
    return rows;
  }

  /** Shows rows that are held already in their new form. @returns those that are not held */
  renew(rows: readonly R[]): R[] {
    const { window, fresh } = replaceHeld(this.state.window, rows, this.keys);
    if (fresh.length < rows.length) this.set({ window });
    return fresh;
  }

  /**
   * Takes in rows that arrived where they belong.
   * @returns `above`: those that would stand above what is listed, and were not taken in; `within`: the others
   */
  receive(rows: readonly R[]): { above: R[]; within: R[] } {
    const { above, within } = partArrivals(this.state.window, rows, this.keys);
    for (const missed of this.underway) missed.push(...within);
    if (within.length > 0) this.set({ window: insertSorted(this.state.window, within, this.keys) });
    return { above, within };
  }

  /** Puts rows on top. */
  prepend(rows: readonly R[]): void {
    if (rows.length === 0) return;
    this.set({ window: keepTop(insertSorted(this.state.window, rows, this.keys), mostAtTop, this.keys) });
  }

  /** Takes rows out that no longer belong into the list. */
  remove(gone: ReadonlySet<string>): void {
    this.set({ window: removeHeld(this.state.window, gone, this.keys) });
  }

  inOrder(rows: readonly R[]): R[] {
    return inOrder(rows, this.keys);
  }
}
