import { beforeEach, expect, it } from "vitest";
import { FrameBudget } from "./frame-budget.ts";

let waiting: (() => void)[];
let shown: string[];
let budget: FrameBudget<number>;
beforeEach(() => {
  waiting = [];
  shown = [];
  budget = new FrameBudget(10, (next) => waiting.push(next));
});

const add = (place: number, cost: number, what = String(place)) =>
  budget.add(place, cost, () => shown.push(what));

/** What the next frame shows. */
function frame(): string[] {
  shown = [];
  for (const next of waiting.splice(0)) next();
  return shown;
}

it("shows at once what a frame has room for", () => {
  for (const place of [1, 2, 3]) add(place, 3);
  expect(shown).toEqual(["1", "2", "3"]);
});

it("shows the rest in the frames after it, in order", () => {
  for (const place of [1, 2, 3, 4, 5, 6]) add(place, 4);
  expect(shown).toEqual(["1", "2"]);
  expect(frame()).toEqual(["3", "4"]);
  expect(frame()).toEqual(["5", "6"]);
  frame();
  expect(waiting).toEqual([]);
});

it("shows only the newest of a place, and keeps its turn", () => {
  for (const place of [1, 2, 3, 4]) add(place, 6, `old ${place}`);
  add(2, 6, "new 2");
  expect(frame()).toEqual(["new 2"]);
  expect(frame()).toEqual(["old 3"]);
});

it("lets nothing overtake what waits", () => {
  for (const place of [1, 2]) add(place, 8);
  add(3, 1);
  expect(shown).toEqual(["1"]);
  expect(frame()).toEqual(["2", "3"]);
});

it("gives what costs more than a frame a frame to itself", () => {
  for (const place of [1, 2]) add(place, 50);
  add(3, 1);
  expect(shown).toEqual(["1"]);
  expect(frame()).toEqual(["2"]);
  expect(frame()).toEqual(["3"]);
});

it("counts what is added in a later frame with what waited", () => {
  for (const place of [1, 2]) add(place, 7);
  frame();
  add(3, 7);
  expect(shown).toEqual(["2"]);
  expect(frame()).toEqual(["3"]);
});

it("has a whole frame again after a pause", () => {
  add(1, 10);
  frame();
  frame();
  add(2, 10);
  expect(shown).toEqual(["2"]);
});
