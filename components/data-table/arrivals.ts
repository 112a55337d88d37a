import { type CursorOf, type PageWindow, renumber, type WindowPage } from "./page-window.ts";

/**
 * Rows that arrive while the list is open. They need not be the newest: a source may deliver an hour late, and
 * rows that stand for something lasting come again when it has changed.
 */
export type Keys<R> = {
  cursorOf: CursorOf<R>;
  keyOf: (row: R) => string;
  /** Whether the row of one cursor stands before that of the other in the list. */
  before: (cursor: string, other: string) => boolean;
};

/** Puts rows that are shown already in their new form. @returns those that are not shown */
export function replaceHeld<R>(
  window: PageWindow<R>,
  rows: readonly R[],
  keys: Keys<R>,
): { window: PageWindow<R>; fresh: R[] } {
  const incoming = new Map(rows.map((row) => [keys.keyOf(row), row]));
  const pages = window.pages.map((page) => {
    if (!page.rows?.some((row) => incoming.has(keys.keyOf(row)))) return page;
    const changed = page.rows.map((row) => {
      const successor = incoming.get(keys.keyOf(row));
      incoming.delete(keys.keyOf(row));
      return successor ?? row;
    });
    return { ...page, rows: changed };
  });
  return { window: { ...window, pages }, fresh: [...incoming.values()] };
}

/** Takes rows out of the list that no longer belong into it. */
export function removeHeld<R>(
  window: PageWindow<R>,
  gone: ReadonlySet<string>,
  { keyOf }: Keys<R>,
): PageWindow<R> {
  const pages = window.pages.map((page) => {
    const rows = page.rows?.filter((row) => !gone.has(keyOf(row)));
    return rows === undefined || rows.length === page.count ? page : { ...page, rows, count: rows.length };
  });
  return { ...window, pages: renumber(pages) };
}

/** Whether a row belongs above everything that the list began with. */
function isAbove<R>(window: PageWindow<R>, row: R, { cursorOf, before }: Keys<R>): boolean {
  const top = window.pages[0];
  if (!top) return true;
  const first = top.rows?.[0];
  return before(cursorOf(row), first === undefined ? top.until : cursorOf(first));
}

/** Parts arrivals into those above the list, and those that belong between rows of it or below. */
export function partArrivals<R>(
  window: PageWindow<R>,
  rows: readonly R[],
  keys: Keys<R>,
): { above: R[]; within: R[] } {
  const above: R[] = [];
  const within: R[] = [];
  for (const row of rows) (isAbove(window, row, keys) ? above : within).push(row);
  return { above, within };
}

/**
 * Puts rows where they belong in the order of the list. A row that belongs into a page that was let go, or
 * beyond the pages fetched so far, is left to the fetch of that page.
 */
export function insertSorted<R>(window: PageWindow<R>, rows: readonly R[], keys: Keys<R>): PageWindow<R> {
  if (rows.length === 0) return window;
  const { cursorOf, before } = keys;
  const left = inOrder(rows, keys);
  const pages: WindowPage<R>[] = [];
  let start = 0;
  for (const page of window.pages) {
    const belongs: R[] = [];
    while (left[0] !== undefined && before(cursorOf(left[0]), page.until)) belongs.push(left.shift() as R);
    const merged = page.rows && belongs.length > 0 ? inOrder([...belongs, ...page.rows], keys) : page.rows;
    const count = merged?.length ?? page.count;
    pages.push({ ...page, rows: merged, count, start });
    start += count;
  }
  const last = left.at(-1);
  // Nothing lies beyond the last page of an ended list: what comes after all of it is its new end.
  if (last !== undefined && (window.ended || window.pages.length === 0)) {
    const after = pages.at(-1)?.until ?? null;
    pages.push({ after, until: cursorOf(last), start, count: left.length, rows: left });
  }
  return { ...window, pages };
}

/** Rows as the list orders them. */
export function inOrder<R>(rows: readonly R[], { cursorOf, before }: Keys<R>): R[] {
  return [...rows].sort((a, b) =>
    before(cursorOf(a), cursorOf(b)) ? -1 : before(cursorOf(b), cursorOf(a)) ? 1 : 0,
  );
}

/** Keeps the newest rows of a list that grew at its top; what lies below is fetched again when it is wanted. */
export function keepTop<R>(window: PageWindow<R>, most: number, { cursorOf }: Keys<R>): PageWindow<R> {
  const top = window.pages[0];
  if (!top?.rows || top.count <= most) return window;
  const rows = top.rows.slice(0, most);
  const last = rows.at(-1);
  if (last === undefined) return window;
  const until = cursorOf(last);
  return { pages: [{ after: null, until, start: 0, count: rows.length, rows }], next: until, ended: false };
}
