import { expect, it } from "vitest";
import { hostListFault, hostListHas, hostListOverlap } from "./host-list.ts";

it.each([
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "::ffff:192.0.2.7", true],
  ["192.0.2.0/24 2001:db8::/32", "192.0.2.200", true],
  ["192.0.2.0/24, 2001:db8::/32", "2001:db8::5", true],
  ["192.0.2.0/24", "192.0.3.1", false],
  ["0.0.0.0/0", "2001:db8::5", false],
  ["", "192.0.2.7", false],
  ["nonsense", "192.0.2.7", false],
])("whether %j holds %s: %s", (list, address, holds) => {
  expect(hostListHas(list, address)).toBe(holds);
});

it("names what is no address", () => {
  expect(hostListFault("192.0.2.7, 10.0.0.0/8,2001:db8::/32")).toBeUndefined();
  expect(hostListFault("192.0.2.7, web-1")).toContain("web-1");
  expect(hostListFault("192.0.2.0/99")).toContain("192.0.2.0/99");
});

it.each([
  ["192.0.2.7", "192.0.2.0/24", "192.0.2.7"],
  ["10.0.0.1, 192.0.2.0/24", "192.0.2.7", "192.0.2.0/24"],
  ["192.0.2.0/25", "192.0.2.0/24", "192.0.2.0/25"],
  ["192.0.2.130/24", "192.0.2.7", "192.0.2.130/24"],
  ["2001:db8::/32", "2001:db8:1::5", "2001:db8::/32"],
  ["::ffff:192.0.2.7", "192.0.2.0/24", "::ffff:192.0.2.7"],
  ["192.0.2.0/25", "192.0.2.128/25", undefined],
  ["0.0.0.0/0", "::/0", undefined],
  ["192.0.2.7", "", undefined],
])("of %j and %j, %s is in both", (list, other, overlap) => {
  expect(hostListOverlap(list, other)).toBe(overlap);
});
