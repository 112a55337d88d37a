import { describe, expect, it } from "vitest";
import { guardFormula, unguardFormula } from "./formula-guard.ts";

/** What makes a formula, what hides one, and what does neither. */
const letters = [
  "'",
  "=",
  "+",
  "-",
  "@",
  "\t",
  "\r",
  "\n",
  "\0",
  "\uFF1D",
  "\uFF20",
  "\u200B",
  "\u2060",
  "\uFEFF",
  " ",
  '"',
  "a",
  "1",
  "{",
  "é",
  "🌍",
];

/** Every text of up to `most` letters. */
function* texts(most: number, before = ""): Generator<string> {
  yield before;
  if (most === 0) return;
  for (const letter of letters) yield* texts(most - 1, before + letter);
}

describe("the guard of formulas", () => {
  it("is taken off where it was put, and nowhere else: 204,205 texts", () => {
    let count = 0;
    for (const text of texts(4)) {
      if (unguardFormula(guardFormula(text)) !== text) expect.fail(JSON.stringify(text));
      count++;
    }
    expect(count).toBe(1 + 21 + 21 ** 2 + 21 ** 3 + 21 ** 4);
  });

  it("gives no two texts the same cell", () => {
    const cells = new Map<string, string>();
    for (const text of texts(3)) {
      const cell = guardFormula(text);
      expect(cells.get(cell) ?? text).toBe(text);
      cells.set(cell, text);
    }
  });

  it("leaves nothing that a spreadsheet would run", () => {
    for (const text of texts(3)) {
      const cell = guardFormula(text).replace(/^[\u200B-\u200F\u2060-\u2064\uFEFF]+/, "");
      if (/^[=+\-@\t\r\n\0\uFF1D\uFF20]/.test(cell)) expect.fail(JSON.stringify(text));
    }
  });
});
