/**
 * A long list of which only a part is held. Pages know where they begin and end, as keyset cursors, so that a
 * page that was let go can be fetched again, exactly, whatever has arrived since.
 */
export type WindowPage<R> = {
  /** The cursor of the row before the page; null for the first. */
  after: string | null;
  /** The cursor of its last row. */
  until: string;
  /** Position of its first row in the list. */
  start: number;
  count: number;
  /** Null while the page is let go. */
  rows: readonly R[] | null;
};

export type PageWindow<R> = {
  pages: readonly WindowPage<R>[];
  /** Where the next page begins; null when the list has ended. */
  next: string | null;
  ended: boolean;
};

export type CursorOf<R> = (row: R) => string;

export function emptyWindow<R>(): PageWindow<R> {
  return { pages: [], next: null, ended: false };
}

/** How many rows the list has so far, held or not. */
export function countOf<R>(window: PageWindow<R>): number {
  const last = window.pages.at(-1);
  return last ? last.start + last.count : 0;
}

function heldCount<R>(window: PageWindow<R>): number {
  return window.pages.reduce((sum, page) => sum + (page.rows?.length ?? 0), 0);
}

/** The page that holds the position, by halving: a long list has hundreds. */
export function pageAt<R>(window: PageWindow<R>, position: number): number {
  let low = 0;
  let high = window.pages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((window.pages[middle]?.start ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @returns undefined beyond the end, and where the page was let go */
export function rowAt<R>(window: PageWindow<R>, position: number): R | undefined {
  const page = window.pages[pageAt(window, position)];
  return page?.rows?.[position - page.start];
}

/** Where a held row stands. */
export function positionOf<R>(
  window: PageWindow<R>,
  key: string,
  keyOf: (row: R) => string,
): number | undefined {
  for (const page of window.pages) {
    const at = page.rows?.findIndex((row) => keyOf(row) === key) ?? -1;
    if (at !== -1) return page.start + at;
  }
  return undefined;
}

/** Gives pages their places anew, without those that have become empty. */
export function renumber<R>(pages: readonly WindowPage<R>[]): WindowPage<R>[] {
  let start = 0;
  const numbered: WindowPage<R>[] = [];
  for (const page of pages) {
    if (page.count === 0) continue;
    numbered.push(page.start === start ? page : { ...page, start });
    start += page.count;
  }
  return numbered;
}

/** Adds what was fetched behind the last page. */
export function append<R>(
  window: PageWindow<R>,
  rows: readonly R[],
  next: string | null,
  cursorOf: CursorOf<R>,
): PageWindow<R> {
  const last = rows.at(-1);
  const pages = last
    ? [
        ...window.pages,
        {
          after: window.pages.at(-1)?.until ?? null,
          until: cursorOf(last),
          start: countOf(window),
          count: rows.length,
          rows,
        },
      ]
    : window.pages;
  return { pages, next, ended: next === null };
}

/** Puts the rows of a page that was let go back into it; their number may have changed. */
export function refill<R>(window: PageWindow<R>, after: string | null, rows: readonly R[]): PageWindow<R> {
  const pages = window.pages.map((page) =>
    page.after === after && page.rows === null ? { ...page, rows, count: rows.length } : page,
  );
  return { ...window, pages: renumber(pages) };
}

/** Lets go of the pages farthest from what is seen until no more than `most` rows are held. */
export function evict<R>(window: PageWindow<R>, first: number, last: number, most: number): PageWindow<R> {
  let held = heldCount(window);
  if (held <= most) return window;
  const distance = (page: WindowPage<R>) => Math.max(0, first - (page.start + page.count), page.start - last);
  const pages = [...window.pages];
  const farthest = pages
    .map((page, at) => ({ at, page }))
    .sort((a, b) => distance(b.page) - distance(a.page));
  for (const { at, page } of farthest) {
    if (held <= most || distance(page) === 0) break;
    held -= page.rows?.length ?? 0;
    pages[at] = { ...page, rows: null };
  }
  return { ...window, pages };
}

/** The pages that would have to be fetched to show these positions. */
export function missingPages<R>(window: PageWindow<R>, first: number, last: number): WindowPage<R>[] {
  if (window.pages.length === 0) return [];
  return window.pages
    .slice(pageAt(window, first), pageAt(window, last) + 1)
    .filter((page) => page.rows === null);
}
