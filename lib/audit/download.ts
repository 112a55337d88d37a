import type { LogQuery } from "@/lib/logs/query.ts";
import { instantOf, parseInstant } from "@/lib/logs/time.ts";
import type { AuditCategory } from "./catalog.ts";

/** What the audit log's download form chooses: a category and days in UTC, both days included. */
export type Download = { category: string; from: string; to: string };

/** Those before it are the eight of the audit log's reference, it and those behind it Daybook's own. */
export const firstOwnCategory = "Exports" satisfies AuditCategory;

export type DownloadFaults = { [field in keyof Download]?: string };

const dayMs = 86_400_000;
const midnight = "T00:00:00.000000Z";

/**
 * A day of the calendar as `2026-11-22`, whichever way it was typed with the year first: `2026/11/22`, `2026.1.2`,
 * `20261122`. Day and month cannot be told apart in other orders.
 * @returns undefined when there is no such day
 */
export function parseDay(text: string): string | undefined {
  const day = yearFirst(text);
  return parseInstant(day, "end") === undefined || day.length !== 10 ? undefined : day;
}

function yearFirst(text: string): string {
  const parts =
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(text.trim()) ?? /^(\d{4})()(\d\d)(\d\d)$/.exec(text.trim());
  if (!parts) return text.trim();
  const [, year, , month = "", day = ""] = parts;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** What is wrong with each field of the form; an empty object when it can be downloaded. */
export function downloadFaults({ category, from, to }: Download): DownloadFaults {
  const [first, last] = [parseDay(from), parseDay(to)];
  const faults: DownloadFaults = {};
  if (category === "") faults.category = "Choose an event category.";
  if (first === undefined) faults.from = dayFault(from);
  if (last === undefined) faults.to = dayFault(to);
  else if (first !== undefined && last < first) faults.to = `To Date must not be before From Date, ${first}.`;
  return faults;
}

function dayFault(text: string): string {
  const day = yearFirst(text);
  if (day === "") return "Enter a date such as 2026-11-22.";
  if (parseInstant(day) !== undefined && day.length === 10)
    return "The last day that can be chosen is 9999-12-30.";
  return /^\d{4}-\d{2}-\d{2}$/.test(day)
    ? `There is no day ${day} in the calendar.`
    : "Enter the date as year-month-day, such as 2026-11-22.";
}

/** The range of time of two days of the calendar, from the first's first microsecond to the last's last one. */
export function rangeOfDays(from: string, to: string): { from: string; to: string } {
  const [start, end] = [parseInstant(from), parseInstant(to, "end")];
  if (start === undefined || end === undefined) throw new Error(`${from} to ${to} are no days`);
  return { from: start, to: end };
}

/** The query of a log that lists exactly what the form downloads; order and columns are the given query's. */
export function queryOfDownload(
  { after: _, ...query }: LogQuery,
  { category, from, to }: Download,
): LogQuery {
  const condition = { filter: "category", operator: "is", not: false, values: [category] } as const;
  const others = query.conditions.filter(({ filter }) => filter !== "category");
  return {
    ...query,
    conditions: [{ ...condition, values: [...condition.values] }, ...others],
    time: rangeOfDays(from, to),
  };
}

/** The fields of the form that a query of the audit log fills: one category, whole days in UTC. */
export function downloadOf({ conditions, time }: LogQuery): Partial<Download> {
  const asked = conditions.filter(({ filter }) => filter === "category");
  const [only] = asked;
  const one = asked.length === 1 && only?.operator === "is" && !only.not && only.values.length === 1;
  const { from, to } = "last" in time ? {} : time;
  return {
    ...(one && only.values[0] !== undefined && { category: only.values[0] }),
    ...(from?.endsWith(midnight) && { from: from.slice(0, 10) }),
    ...(to?.endsWith(midnight) && { to: instantOf(Date.parse(to) - dayMs).slice(0, 10) }),
  };
}

/** Whether a query lists what the form downloads and nothing less. */
export function listsDownload(query: LogQuery, download: Download): boolean {
  const listed = downloadOf(query);
  return (
    query.conditions.length === 1 &&
    query.after === undefined &&
    listed.category === download.category &&
    listed.from === download.from &&
    listed.to === download.to
  );
}

/**
 * The name of the file of a category and days, in ASCII: `audit-log_user-access_2026-11-01_2026-11-22`.
 * @returns undefined when the query is not just that
 */
export function downloadName(query: LogQuery): string | undefined {
  const { category, from, to } = downloadOf(query);
  if (category === undefined || from === undefined || to === undefined) return undefined;
  if (!listsDownload(query, { category, from, to })) return undefined;
  // A source may write any category: what is left of a foreign one tells little, but is safe in every file system.
  const slug = category
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return `audit-log_${slug === "" ? "category" : slug}_${from}_${to}`;
}
