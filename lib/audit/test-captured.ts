import { afterEach, expect } from "vitest";

// Whatever a test makes Daybook write into its audit log has to hold all that the catalogue says is captured.
// The list is looked at where the server keeps it, so that a test that needs none of the server does not load it.
const key = Symbol.for("daybook.captured-faults");

afterEach(() => {
  const store = globalThis as { [kept: symbol]: string[] | undefined };
  const faults = store[key] ?? [];
  store[key] = [];
  expect(faults, "events of the audit log lack what they capture").toEqual([]);
});
