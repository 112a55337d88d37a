import { describe, expect, it } from "vitest";
import { type DifferenceLine, differenceOf } from "./difference.ts";

const difference = (before: unknown, after: unknown): DifferenceLine[] =>
  (differenceOf(JSON.stringify(before), JSON.stringify(after)) ?? []).filter(
    ({ change }) => change !== "same",
  );

describe("the difference of two states", () => {
  it("names what was added, removed and changed, nested too, whatever the order of keys", () => {
    expect(
      difference(
        { role: "member", gone: 1, address: { city: "Bonn", zip: "53111" } },
        { address: { zip: "53113", city: "Bonn" }, role: "admin", new: [] },
      ),
    ).toEqual([
      { path: "role", change: "changed", before: '"member"', after: '"admin"' },
      { path: "gone", change: "removed", before: "1" },
      { path: "address.zip", change: "changed", before: '"53111"', after: '"53113"' },
      { path: "new", change: "added", after: "[]" },
    ]);
  });

  it("tells which items of a list came and went, not that all behind them moved", () => {
    expect(difference({ groups: ["a", "b", "c"] }, { groups: ["b", "c", "d"] })).toEqual([
      { path: "groups[0]", change: "removed", before: '"a"' },
      { path: "groups[2]", change: "added", after: '"d"' },
    ]);
    expect(difference([{ id: 1, on: true }, { id: 2 }], [{ id: 1, on: false }, { id: 2 }])).toEqual([
      { path: "[0].on", change: "changed", before: "true", after: "false" },
    ]);
  });

  it("keeps what a JavaScript number or object would lose", () => {
    expect(differenceOf('{"n":12345678901234567890}', '{"n":12345678901234567891}')).toEqual([
      { path: "n", change: "changed", before: "12345678901234567890", after: "12345678901234567891" },
    ]);
    expect(differenceOf('{"a":1,"a":2}', '{"a":1,"a":3}')).toEqual([
      { path: "a", change: "same", before: "1", after: "1" },
      { path: "a (2)", change: "changed", before: "2", after: "3" },
    ]);
    expect(differenceOf('{"__proto__":1}', "{}")).toEqual([
      { path: "__proto__", change: "removed", before: "1" },
    ]);
  });

  it("tells 1 from “1”, and a value from a container", () => {
    expect(difference({ n: 1 }, { n: "1" })).toEqual([
      { path: "n", change: "changed", before: "1", after: '"1"' },
    ]);
    expect(difference({ n: 1 }, { n: { m: 1 } })).toEqual([
      { path: "n", change: "removed", before: "1" },
      { path: "n.m", change: "added", after: "1" },
    ]);
  });

  it("of a state that is not there is all of the other", () => {
    expect(differenceOf(null, '{"email":"ann@example.org"}')).toEqual([
      { path: "email", change: "added", after: '"ann@example.org"' },
    ]);
    expect(differenceOf('{"email":"ann@example.org"}', "null")).toEqual([
      { path: "email", change: "removed", before: '"ann@example.org"' },
      { path: "", change: "added", after: "null" },
    ]);
  });

  it("is none where there is no JSON", () => {
    for (const text of ["{", '{"a"}', "[1,]", "1 2", '{"a":}', ""])
      expect(differenceOf(text, "{}")).toBeUndefined();
  });

  it("lets no key pass for a path", () => {
    expect(difference({ "a.b": 1, 'x"] = 2 [': 1 }, {}).map(({ path }) => path)).toEqual([
      '["a.b"]',
      '["x\\"] = 2 ["]',
    ]);
  });

  it("bears long lists", () => {
    const long = Array.from({ length: 3000 }, (_, n) => n);
    expect(difference(long, [...long, 3000])).toEqual([{ path: "[3000]", change: "added", after: "3000" }]);
  });
});
