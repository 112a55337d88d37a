import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { rowsOverFrames } from "./rows-over-frames.ts";

/** As much of a page as rows need. */
class Row {
  drawn = 0;
  replaceChildren(_pieces: Pieces): void {
    this.drawn += 1;
  }
}
class Pieces {
  constructor(readonly childNodes: readonly unknown[]) {}
}

beforeEach(() => {
  vi.stubGlobal("Element", Row);
  vi.stubGlobal("DocumentFragment", Pieces);
  vi.stubGlobal("requestAnimationFrame", vi.fn());
});
afterEach(() => vi.unstubAllGlobals());

/** A player's text that has these rows, and appends others as the player does. */
function textOf(rows: Row[]) {
  const text = { children: rows, appendChild: (added: Pieces) => added };
  rowsOverFrames({ querySelector: () => text } as unknown as HTMLElement);
  return text;
}

const pieces = (count: number) => new Pieces(Array.from({ length: count }));

it("draws what a frame has room for at once, in rows that came later too", () => {
  const [first, second, third] = [new Row(), new Row(), new Row()];
  textOf([first]).appendChild(new Pieces([second, third]));
  for (const row of [first, second, third]) row.replaceChildren(pieces(150));
  expect([first.drawn, second.drawn, third.drawn]).toEqual([1, 1, 0]);
});

it("counts a row once, however often the terminal became smaller and larger", () => {
  const row = new Row();
  const text = textOf([row]);
  for (let sizes = 0; sizes < 20_000; sizes++) text.appendChild(new Pieces([row]));
  row.replaceChildren(pieces(0));
  row.replaceChildren(pieces(150));
  expect(row.drawn).toBe(2);
});
