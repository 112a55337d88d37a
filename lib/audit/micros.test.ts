import { expect, it } from "vitest";
import { microsBetween } from "./micros.ts";

it("counts microseconds over days, exactly", () => {
  expect(microsBetween("2026-11-21T23:59:59.999999Z", "2026-11-22T00:00:00.000000Z")).toBe(1);
  expect(microsBetween("2026-11-20T00:00:00.000001Z", "2026-11-22T00:00:00.000000Z")).toBe(172_799_999_999);
  expect(microsBetween("2026-11-22T00:00:00.000002Z", "2026-11-22T00:00:00.000001Z")).toBe(-1);
});
