import { describe, expect, it } from "vitest";
import { parseConnectionQuery } from "./connection-query.ts";
import { parseRecordingsQuery, recordingsBounds, recordingsHref, unfiltered } from "./recordings-query.ts";

const parse = (text: string) => parseRecordingsQuery(new URLSearchParams(text));

describe("the address of the page of recordings", () => {
  it("is read and written alike, empty fields left out", () => {
    const after = "2026-11-21T08:45:32.506784Z_0193a1b2-0000-7000-8000-000000000000";
    const { query } = parse(`user=ann&target=&last=7d&denied=true&after=${after}`);
    if (!query) throw new Error("not understood");
    expect(recordingsHref(query, { after: query.after })).toBe(
      `/recordings?user=ann&last=7d&denied=true&after=${encodeURIComponent(after)}`,
    );
    expect(recordingsHref(query, { user: "bob & co" })).toBe(
      "/recordings?user=bob+%26+co&last=7d&denied=true",
    );
  });

  it.each([
    ["colour=red", "colour", "is no parameter of this page"],
    ["colour=", "colour", "is no parameter of this page"],
    ["user=a&user=b", "user", "may be given once"],
    ["last=ever", "last", "must be a span"],
    ["last=7d&from=2026-11-01", "last", "cannot stand beside"],
    ["from=yesterday", "from", "must be a UTC time or date"],
    ["denied=perhaps", "denied", "must be true"],
    ["after=2026_1", "after", "must be the link"],
    [`q=${"x".repeat(300)}`, "q", "must have at most"],
    ["kind=train", "kind", "must be one of ssh"],
    ["longer=long", "longer", "must be a span"],
    ["user=%00", "user", "must not contain NUL"],
  ])("%s is named with the reason", (text, parameter, reason) => {
    expect(parse(text).errors).toEqual([{ parameter, reason: expect.stringContaining(reason) }]);
  });

  it("loses every filter", () => {
    const { query } = parse(
      "target=web-1&from=2026-11-01&to=2026-11-02&kind=ssh&longer=1m&denied=true&live=true",
    );
    if (!query) throw new Error("not understood");
    expect(recordingsHref(query, unfiltered)).toBe("/recordings");
    expect(recordingsHref({ ...query, from: "", to: "", last: "7d" }, unfiltered)).toBe("/recordings");
  });

  it("counts the last day of a range in", () => {
    expect(recordingsBounds({ last: "", from: "2026-11-01", to: "2026-11-02" }, 0)).toEqual({
      from: "2026-11-01T00:00:00.000000Z",
      to: "2026-11-03T00:00:00.000000Z",
    });
    expect(recordingsBounds({ last: "24h", from: "", to: "" }, Date.parse("2026-11-02T00:00:00Z"))).toEqual({
      from: "2026-11-01T00:00:00.000000Z",
    });
  });
});

describe("the address of a connection", () => {
  it("names a tab and a moment", () => {
    const query = parseConnectionQuery(new URLSearchParams("tab=text&t=65.25"));
    expect(query).toEqual({ tab: "text", startUs: 65_250_000, errors: [] });
  });

  it.each(["-1", "1e3", "NaN", "9999999", "", "1.2.3", "1:05"])("t=%s is no moment", (t) => {
    const { startUs, errors } = parseConnectionQuery(new URLSearchParams({ t }));
    expect(startUs).toBeUndefined();
    expect(errors).toEqual([{ parameter: "t", reason: expect.stringContaining("must be seconds") }]);
  });
});
