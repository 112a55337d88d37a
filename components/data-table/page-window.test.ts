import { describe, expect, it } from "vitest";
import { insertSorted, keepTop, partArrivals, removeHeld, replaceHeld } from "./arrivals.ts";
import {
  append,
  countOf,
  emptyWindow,
  evict,
  missingPages,
  type PageWindow,
  refill,
  rowAt,
} from "./page-window.ts";

type Row = { at: number; id?: string; text?: string };
const cursorOf = ({ at }: Row) => String(at).padStart(6, "0");
const keyOf = (row: Row) => row.id ?? cursorOf(row);
const keys = { cursorOf, keyOf, before: (a: string, b: string) => a > b };

/** Rows from `high` down to `low`, newest first. */
function rows(high: number, low: number): Row[] {
  return Array.from({ length: high - low + 1 }, (_, step) => ({ at: high - step }));
}

function listed(pages: Row[][], more = true): PageWindow<Row> {
  let window = emptyWindow<Row>();
  pages.forEach((page, at) => {
    const next = more || at < pages.length - 1 ? cursorOf(page.at(-1) as Row) : null;
    window = append(window, page, next, cursorOf);
  });
  return window;
}

function shown(window: PageWindow<Row>): (number | undefined)[] {
  return Array.from({ length: countOf(window) }, (_, at) => rowAt(window, at)?.at);
}

describe("a window of pages", () => {
  it("finds every row by its position, across pages of different length", () => {
    const window = listed([rows(30, 21), rows(20, 18), rows(17, 1)]);
    expect(countOf(window)).toBe(30);
    expect(shown(window)).toEqual(rows(30, 1).map(({ at }) => at));
    expect(rowAt(window, 30)).toBeUndefined();
    expect(rowAt(emptyWindow<Row>(), 0)).toBeUndefined();
  });

  it("goes on after a search that found nothing yet", () => {
    const window = append(append(emptyWindow<Row>(), [], "000500", cursorOf), rows(3, 2), null, cursorOf);
    expect(shown(window)).toEqual([3, 2]);
    expect(window.ended).toBe(true);
  });

  it("lets go of what is far away, never of what is seen, and keeps every position", () => {
    const window = evict(
      listed([rows(50, 41), rows(40, 31), rows(30, 21), rows(20, 11), rows(10, 1)]),
      42,
      49,
      20,
    );
    expect(countOf(window)).toBe(50);
    expect(rowAt(window, 0)).toBeUndefined();
    expect(rowAt(window, 45)?.at).toBe(5);
    expect(window.pages.filter((page) => page.rows).length).toBe(2);
    expect(evict(window, 32, 49, 5).pages.map((page) => page.rows !== null)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(missingPages(window, 0, 12).map((page) => [page.after, page.until])).toEqual([
      [null, "000041"],
      ["000041", "000031"],
    ]);
  });

  it("takes a page back with more or fewer rows than it had", () => {
    const let_go = evict(listed([rows(30, 21), rows(20, 11), rows(10, 1)]), 25, 29, 10);
    const window = refill(
      let_go,
      null,
      rows(30, 21).filter(({ at }) => at % 2 === 0),
    );
    expect(countOf(window)).toBe(25);
    expect(rowAt(window, 4)?.at).toBe(22);
    expect(rowAt(window, 5)).toBeUndefined();
    expect(rowAt(window, 24)?.at).toBe(1);
    expect(countOf(refill(let_go, null, []))).toBe(20);
  });
});

describe("rows that arrive", () => {
  it("stand where their time belongs", () => {
    const window = listed([[{ at: 30 }, { at: 28 }, { at: 26 }], rows(20, 16)]);
    const { above, within } = partArrivals(window, [{ at: 31 }, { at: 23 }, { at: 29 }], keys);
    expect(above.map(({ at }) => at)).toEqual([31]);
    expect(shown(insertSorted(window, within, keys))).toEqual([30, 29, 28, 26, 23, 20, 19, 18, 17, 16]);
  });

  it("wait for their page when they are older than what was fetched, unless the list has ended", () => {
    expect(shown(insertSorted(listed([rows(30, 28)]), [{ at: 5 }], keys))).toEqual([30, 29, 28]);
    expect(shown(insertSorted(listed([rows(30, 28)], false), [{ at: 5 }], keys))).toEqual([30, 29, 28, 5]);
    expect(shown(insertSorted({ ...emptyWindow<Row>(), ended: true }, [{ at: 5 }, { at: 7 }], keys))).toEqual(
      [7, 5],
    );
  });

  it("replace the row that they are a new form of", () => {
    const window = listed([[{ at: 3 }, { at: 2, id: "call", text: "received" }, { at: 1 }]]);
    const result = replaceHeld(window, [{ at: 2, id: "call", text: "complete" }, { at: 4 }], keys);
    expect(rowAt(result.window, 1)?.text).toBe("complete");
    expect(countOf(result.window)).toBe(3);
    expect(result.fresh.map(({ at }) => at)).toEqual([4]);
  });

  it("stand where their time belongs in a list that is oldest first", () => {
    const oldestFirst = { ...keys, before: (a: string, b: string) => a < b };
    const window = listed([[{ at: 16 }, { at: 18 }], [{ at: 20 }]], false);
    const { above, within } = partArrivals(window, [{ at: 19 }, { at: 15 }, { at: 22 }], oldestFirst);
    expect(above.map(({ at }) => at)).toEqual([15]);
    expect(shown(insertSorted(window, within, oldestFirst))).toEqual([16, 18, 19, 20, 22]);
  });

  it("leave the list when they no longer belong into it, and the page that is empty with them", () => {
    const window = removeHeld(
      listed([[{ at: 9 }], rows(8, 6), rows(5, 3)]),
      new Set(["000009", "000007", "000003"]),
      keys,
    );
    expect(shown(window)).toEqual([8, 6, 5, 4]);
    expect(window.pages).toHaveLength(2);
  });

  it("push out the rows at the bottom, which can be fetched again from there", () => {
    const window = keepTop(
      insertSorted(listed([rows(30, 21), rows(20, 11)], false), rows(40, 31), keys),
      15,
      keys,
    );
    expect(shown(window)).toEqual(rows(40, 26).map(({ at }) => at));
    expect(window.next).toBe("000026");
    expect(window.ended).toBe(false);
  });
});
