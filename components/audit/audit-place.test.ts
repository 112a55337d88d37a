import { expect, it } from "vitest";
import { readPlace, writePlace } from "./audit-place.ts";

it("the page's own parameters are taken out of the address, and put in again", () => {
  const { place, errors, rest } = readPlace(
    new URLSearchParams("category=Exports&group=workflow&timeline=w+1&order=asc"),
  );
  expect(place).toEqual({ grouped: true, timeline: "w 1" });
  expect(errors).toEqual([]);
  expect(rest.toString()).toBe("category=Exports&order=asc");
  expect(writePlace(rest, place).toString()).toBe("category=Exports&order=asc&group=workflow&timeline=w+1");
});

it("what is wrong with them is named", () => {
  const faults = (search: string) => readPlace(new URLSearchParams(search)).errors;
  expect(faults("group=day")).toEqual([{ parameter: "group", reason: "must be workflow" }]);
  expect(faults("timeline=")).toEqual([{ parameter: "timeline", reason: "must be a WorkflowId" }]);
  expect(faults(`timeline=${"x".repeat(2000)}`)).toHaveLength(1);
  expect(faults("group=workflow&group=workflow")).toEqual([
    { parameter: "group", reason: "may be given once" },
  ]);
});
