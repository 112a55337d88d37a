import { describe, expect, it } from "vitest";
import type { FetchPage } from "./list-source.ts";
import { mostHeld, PageStore } from "./page-store.ts";
import { countOf, rowAt } from "./page-window.ts";

type Row = { at: number };
const cursorOf = ({ at }: Row) => `${String(Math.floor(at)).padStart(9, "0")}${at % 1 === 0 ? "" : ".5"}`;
const keys = { cursorOf, keyOf: cursorOf };

/** A log with rows 1 to `size`, newest first, that answers like the API. */
function log(size: number) {
  const asked: (string | null)[] = [];
  const gone = new Set<number>();
  const fetchPage: FetchPage<Row> = async ({ after, limit }) => {
    asked.push(after);
    let at = after === null ? size : Number(after) - 1;
    const rows: Row[] = [];
    for (; at >= 1 && rows.length < limit; at -= 1) if (!gone.has(at)) rows.push({ at });
    return { rows, nextCursor: at >= 1 ? cursorOf({ at: at + 1 }) : null, scannedTo: null, position: null };
  };
  return { fetchPage, asked, gone };
}

async function settled(store: PageStore<Row>): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
  while (store.getState().phase === "loading") await Promise.resolve();
}

function openStore(fetchPage: FetchPage<Row>) {
  const store = new PageStore<Row>({ fetchPage, newestFirst: true, first: undefined }, keys);
  store.restart({ fetchPage, newestFirst: true, first: undefined });
  return store;
}

function held(store: PageStore<Row>): number {
  return store.getState().window.pages.reduce((sum, page) => sum + (page.rows?.length ?? 0), 0);
}

describe("PageStore", () => {
  it("scrolls through all rows, holding a bounded part, and back to the same rows", async () => {
    const store = openStore(log(20_000).fetchPage);
    await settled(store);
    for (let last = 40; last < 20_000; last = Math.min(last + 150, countOf(store.getState().window) - 1)) {
      store.see(last - 40, last);
      await settled(store);
      expect(rowAt(store.getState().window, last)?.at).toBe(20_000 - last);
      if (last === 19_999) break;
    }
    expect(store.getState().window.ended).toBe(true);
    expect(held(store)).toBeLessThanOrEqual(mostHeld + 400);
    expect(rowAt(store.getState().window, 5)).toBeUndefined();
    store.see(0, 40);
    await settled(store);
    expect(rowAt(store.getState().window, 5)?.at).toBe(19_995);
  });

  it("fetches a page again without the rows that are gone, also when the gone one ended it", async () => {
    const { fetchPage, gone } = log(20_000);
    const store = openStore(fetchPage);
    await settled(store);
    for (let last = 150; last < 5_000; last += 150) {
      store.see(last - 40, last);
      await settled(store);
    }
    const until = store.getState().window.pages[0]?.until;
    gone.add(Number(until)).add(19_990);
    const before = countOf(store.getState().window);
    store.see(0, 40);
    await settled(store);
    const { window } = store.getState();
    expect(countOf(window)).toBe(before - 2);
    expect(rowAt(window, 10)?.at).toBe(19_989);
    expect(rowAt(window, 197)?.at).toBe(19_802);
  });

  it("searches on by itself through slices that match nothing, and can be stopped and resumed", async () => {
    const places: (string | null)[] = [];
    const slices: FetchPage<Row> = async ({ after }) => {
      places.push(after);
      const place = after === null ? 9 : Number(after) - 1;
      if (places.length === 6) store.cancel();
      return place === 0
        ? { rows: [{ at: 0 }], nextCursor: null, scannedTo: null, position: null }
        : { rows: [], nextCursor: String(place), scannedTo: `slice ${place}`, position: null };
    };
    const store: PageStore<Row> = openStore(slices);
    await settled(store);
    expect(store.getState()).toMatchObject({ phase: "stopped", scannedTo: "slice 5", stale: false });
    store.loadMore();
    await settled(store);
    expect(places).toEqual([null, "9", "8", "7", "6", "5", "5", "4", "3", "2", "1"]);
    expect(store.getState().window.ended).toBe(true);
    expect(countOf(store.getState().window)).toBe(1);
  });

  it("says that a page failed and tries the same page again", async () => {
    const { fetchPage, asked } = log(1_000);
    let broken = false;
    const store = openStore((place) => (broken ? Promise.reject(new Error("no answer")) : fetchPage(place)));
    await settled(store);
    broken = true;
    store.see(160, 199);
    await settled(store);
    expect(store.getState()).toMatchObject({ phase: "failed", error: new Error("no answer") });
    expect(countOf(store.getState().window)).toBe(200);
    broken = false;
    store.retry();
    await settled(store);
    expect(asked).toEqual([null, "000000801"]);
    expect(countOf(store.getState().window)).toBe(400);
  });

  it("drops a page that was fetched for an end the list no longer has", async () => {
    const { fetchPage } = log(1_000);
    const store = openStore(fetchPage);
    await settled(store);
    store.see(160, 199);
    store.prepend(Array.from({ length: 700 }, (_, step) => ({ at: 2_000 - step })));
    await settled(store);
    const { window } = store.getState();
    expect(countOf(window)).toBe(400);
    expect(window.next).toBe(cursorOf({ at: 1_601 }));
  });

  it("shows a row that arrives where a page is just being fetched", async () => {
    const { fetchPage } = log(1_000);
    const store = openStore(fetchPage);
    await settled(store);
    store.see(160, 199);
    expect(store.receive([{ at: 700.5 }, { at: 100.5 }])).toEqual({
      above: [],
      within: [{ at: 700.5 }, { at: 100.5 }],
    });
    await settled(store);
    const { window } = store.getState();
    expect(countOf(window)).toBe(401);
    expect([299, 300, 301].map((at) => rowAt(window, at)?.at)).toEqual([701, 700.5, 700]);
  });

  it("keeps the old rows, marked, until the first answer to a new question", async () => {
    const store = openStore(log(100).fetchPage);
    await settled(store);
    store.restart({ fetchPage: log(3).fetchPage, newestFirst: true, first: undefined });
    expect(store.getState()).toMatchObject({ stale: true, phase: "loading" });
    expect(countOf(store.getState().window)).toBe(100);
    await settled(store);
    expect(countOf(store.getState().window)).toBe(3);
    expect(store.getState().stale).toBe(false);
  });
});
