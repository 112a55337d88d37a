import { describe, expect, it } from "vitest";
import { type LogQuery, parseQuery } from "@/lib/logs/query.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { auditCategories } from "./catalog.ts";
import {
  downloadFaults,
  downloadName,
  downloadOf,
  firstOwnCategory,
  listsDownload,
  parseDay,
  queryOfDownload,
  rangeOfDays,
} from "./download.ts";

const chosen = { category: "User Access", from: "2026-11-01", to: "2026-11-22" };

function query(search: string): LogQuery {
  const parsed = parseQuery(auditLog, new URLSearchParams(search));
  if (!parsed.query) throw new Error(JSON.stringify(parsed.errors));
  return parsed.query;
}

describe("days of a download", () => {
  it("are real days of the calendar", () => {
    expect(parseDay(" 2028-02-29 ")).toBe("2028-02-29");
    for (const text of ["2026-02-29", "2026-13-01", "22.11.2026", "", "2026-11-22T00:00:00Z"])
      expect(parseDay(text)).toBeUndefined();
  });

  it("may be typed in any way that has the year first", () => {
    for (const text of ["2026-1-2", "2026/01/02", "2026.1.02", "20260102", " 2026/1/2 "])
      expect(parseDay(text), text).toBe("2026-01-02");
    for (const text of ["2026/01-02", "202612", "2026-001-2", "01/02/2026", "1.2.26", "20260230", "2026 1 2"])
      expect(parseDay(text), text).toBeUndefined();
    expect(downloadFaults({ ...chosen, from: "20260230" }).from).toBe(
      "There is no day 2026-02-30 in the calendar.",
    );
    expect(downloadFaults({ ...chosen, from: "2026/11/22", to: "2026.11.9" }).to).toBe(
      "To Date must not be before From Date, 2026-11-22.",
    );
  });

  it("reach from the first microsecond to the last, and none beyond", () => {
    const { from, to } = rangeOfDays("2026-11-22", "2026-11-22");
    expect(from).toBe("2026-11-22T00:00:00.000000Z");
    // What is not included is the first microsecond of the day after.
    expect(to).toBe("2026-11-23T00:00:00.000000Z");
    expect("2026-11-22T23:59:59.999999Z" < to).toBe(true);
  });
});

describe("the faults of the form", () => {
  it("name what is missing, unreal or turned round", () => {
    expect(downloadFaults(chosen)).toEqual({});
    expect(downloadFaults({ ...chosen, to: chosen.from })).toEqual({});
    expect(downloadFaults({ category: "", from: "", to: "2026-02-30" })).toEqual({
      category: "Choose an event category.",
      from: "Enter a date such as 2026-11-22.",
      to: "There is no day 2026-02-30 in the calendar.",
    });
    expect(downloadFaults({ ...chosen, to: "2026-10-31" })).toEqual({
      to: "To Date must not be before From Date, 2026-11-01.",
    });
    expect(downloadFaults({ ...chosen, to: "9999-12-31" })).toEqual({
      to: "The last day that can be chosen is 9999-12-30.",
    });
    expect(downloadFaults({ ...chosen, from: "yesterday" }).from).toContain("year-month-day");
  });
});

describe("form and log", () => {
  it("agree: what is chosen is listed, and what is listed is chosen", () => {
    const asked = queryOfDownload(query("order=asc&initiator=ann&category=Reporting&last=24h"), chosen);
    expect(asked).toMatchObject({ order: "asc", time: rangeOfDays(chosen.from, chosen.to) });
    expect(asked.conditions.map(({ filter, values }) => [filter, values])).toEqual([
      ["category", ["User Access"]],
      ["initiator", ["ann"]],
    ]);
    expect(downloadOf(asked)).toEqual(chosen);
    expect(listsDownload(asked, chosen)).toBe(false);
    expect(listsDownload(queryOfDownload(query(""), chosen), chosen)).toBe(true);
    const address = query("category=User+Access&from=2026-11-01&to=2026-11-22");
    expect(listsDownload(address, chosen)).toBe(true);
  });

  it("leave open what the log does not say in days and one category", () => {
    expect(downloadOf(query("last=24h&category!=Reporting"))).toEqual({});
    expect(downloadOf(query("category=Reporting&category=Exports"))).toEqual({});
    expect(downloadOf(query("from=2026-11-01T00:00:00.000001Z&to=2026-11-02"))).toEqual({ to: "2026-11-02" });
  });
});

describe("the name of the file", () => {
  it("says category and days in ASCII, whatever the category is", () => {
    expect(downloadName(queryOfDownload(query(""), chosen))).toBe(
      "audit-log_user-access_2026-11-01_2026-11-22",
    );
    const named = (category: string) => downloadName(queryOfDownload(query(""), { ...chosen, category }));
    expect(named("Access & Tokens")).toBe("audit-log_access-tokens_2026-11-01_2026-11-22");
    expect(named('../"ü\r\n')).toBe("audit-log_category_2026-11-01_2026-11-22");
    expect(named("x".repeat(1000))?.length).toBeLessThan(100);
  });

  it("is not given to what is filtered further", () => {
    expect(downloadName(query("category=User+Access&from=2026-11-01&to=2026-11-22&initiator=ann"))).toBe(
      undefined,
    );
  });
});

it("the eight categories of the reference stand before Daybook's own", () => {
  expect(auditCategories.slice(0, auditCategories.indexOf(firstOwnCategory))).toEqual([
    "User Access",
    "User Management",
    "Group Management",
    "Asset Management",
    "Policy Management",
    "Access & Tokens",
    "Restore Operations",
    "Reporting",
  ]);
});
