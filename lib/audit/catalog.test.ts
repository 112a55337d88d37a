import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { initiatorTypes, operationStatuses } from "@/lib/ingest/enumerations.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { auditCategories, type CatalogEntry, catalogEntries } from "./catalog.ts";
import { columnReference, printedTargetTypes } from "./column-reference.ts";

/** The text that the audit log is built after; nothing in it is left out. */
const text = readFileSync(new URL("./source-document.txt", import.meta.url), "utf8").split("\n");

/** The lines between a heading and the next empty line, without the head of the table. */
function table(heading: string): string[] {
  const begin = text.indexOf(heading) + 1;
  const [head, ...rows] = text.slice(begin).filter((_, at, all) => at > 0 || all[at] !== "");
  if (begin === 0 || head === undefined) throw new Error(`There is no ${heading}`);
  return rows.slice(0, rows.indexOf(""));
}

const entries = catalogEntries();

function titled(title: string, category: string): CatalogEntry[] {
  return entries.filter((entry) => entry.title === title && entry.category === category);
}

/** The tables of "Event categories in detail", and the category each is of. */
const tables = {
  "User access events": "User Access",
  "User management events": "User Management",
  "Group management events": "Group Management",
  "Asset management events": "Asset Management",
  "Policy management events": "Policy Management",
  "Deployment token management events": "Access & Tokens",
  "Restore operations": "Restore Operations",
  "Reporting events": "Reporting",
} as const;

/** A line of such a table: the event type, which is one of the titles, and its captured information. */
function eventOf(line: string, category: string): { entry: CatalogEntry; items: string[] } {
  const [entry] = entries
    .filter((one) => one.category === category && line.startsWith(`${one.title} `))
    .sort((a, b) => b.title.length - a.title.length);
  if (!entry) throw new Error(`The catalogue has no event type for ${JSON.stringify(line)}`);
  return { entry, items: line.slice(entry.title.length + 1).split(", ") };
}

const events = Object.entries(tables).flatMap(([heading, category]) =>
  table(heading).map((line) => ({ line, category })),
);

/** Titles of the filter categories that the tables print in other words. */
const otherWords: { [words: string]: string } = {
  "Deployment token creation": "Token Creation",
  "deployment token deletion": "Token Deletion",
  "deployment token pairing": "Token Pairing",
  BMR: "Bare Metal Recovery (BMR)",
};

describe("the catalogue and its source document", () => {
  it("has 42 event types in the tables", () => {
    expect(events).toHaveLength(42);
  });

  it.each(events)("captures what the document captures: $line", ({ line, category }) => {
    const { entry, items } = eventOf(line, category);
    expect(titled(entry.title, category)).toHaveLength(1);
    expect(entry.captured.map(({ says }) => says)).toEqual(items);
  });

  it.each(events)("holds each item somewhere: $line", ({ line, category }) => {
    const { entry } = eventOf(line, category);
    const places = entry.captured.map((item) =>
      "column" in item ? item.column : "key" in item ? item.key : item.status,
    );
    expect(new Set(places).size, places.join()).toBe(places.length);
    for (const item of entry.captured) {
      if ("status" in item) {
        const words = Object.values(entry.events).map(({ status }) => status);
        expect(words).not.toContain(undefined);
      }
    }
  });

  it.each(events)("uses the printed words of a status: $line", ({ line, category }) => {
    const { entry } = eventOf(line, category);
    const printed = /status \(([a-z/]+)\)/.exec(line)?.[1]?.split("/");
    if (!printed) return;
    const { attempting, underWay, done, failed } = entry.events;
    const steps = [attempting, ...(underWay ? [underWay] : []), done, failed];
    const words = steps.map(({ status }) => status);
    expect(words.slice(-printed.length)).toEqual(printed);
  });

  it("has the filter categories, first and in order, with the workflows of each", () => {
    const rows = table("Events can be filtered by the following categories in the UI:");
    const categories = auditCategories.slice(0, rows.length);
    expect(rows.map((row) => categories.find((category) => row.startsWith(`${category} `)))).toEqual(
      categories,
    );
    for (const [at, category] of categories.entries()) {
      const words = (rows[at] ?? "").slice(category.length + 1).split(", ");
      for (const word of words) {
        const found = entries.filter(
          ({ title, category: own }) =>
            own === category && title.toLowerCase() === (otherWords[word] ?? word).toLowerCase(),
        );
        expect(found, `${category}: ${word}`).toHaveLength(1);
      }
    }
  });

  it("has the target types as they are printed, and nothing else of the eight categories", () => {
    const printed = valuesOf("TargetType");
    expect(printedTargetTypes).toEqual(printed);
    const tabled = events.map(({ line, category }) => eventOf(line, category).entry.targetType);
    for (const type of tabled) expect(printed).toContain(type);
    // The one that no table has an event for.
    expect(printed.filter((type) => !tabled.includes(type))).toEqual(["organization"]);
    expect(entries.some(({ targetType }) => targetType === "organization")).toBe(true);
  });

  it("has the printed examples of types", () => {
    const workflows = examplesOf("WorkflowType");
    expect(entries.map(({ type }) => type)).toEqual(expect.arrayContaining(workflows));
    const all = entries.flatMap((entry) => Object.values(entry.events).map(({ type }) => type));
    expect(all).toEqual(expect.arrayContaining(examplesOf("EventType")));
  });

  it("has the initiator types, the statuses and the 17 columns", () => {
    expect(valuesOf("InitiatorType")).toEqual(initiatorTypes);
    expect(valuesOf("OperationStatus")).toEqual(operationStatuses);
    expect(table("Audit log column reference")).toEqual(
      columnReference.map((one) => `${one.column} ${one.description} ${one.type} ${one.notes}`.trimEnd()),
    );
    const headers = table("Audit log column reference").map((line) => line.split(" ", 1)[0]);
    expect(headers).toHaveLength(17);
    expect(Object.values(auditLog.columns).map(({ header }) => header)).toEqual(headers);
  });

  it("is written down with its names", () => {
    const page = readFileSync("docs/decisions/0019-names-of-the-audit-log.md", "utf8");
    const [reset] = titled("Password Reset", "User Management");
    const documented = events.map(({ line, category }) => eventOf(line, category).entry);
    for (const { title, type } of [...documented, ...(reset ? [reset] : [])])
      expect(page).toContain(`| ${title} | \`${type}\``);
  });

  it("says of every workflow, Daybook's own too, what is captured and who did it", () => {
    const silent = entries.filter(({ captured }) => !captured.some(({ says }) => says === "timestamp"));
    expect(silent.map(({ type }) => type)).toEqual([]);
    expect(entries.filter(({ captured }) => captured.length < 2).map(({ type }) => type)).toEqual([]);
  });

  it("gives every type and every event type one meaning", () => {
    const types = entries.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    for (const { type, events: steps } of entries) {
      const own = Object.values(steps).map((step) => step.type);
      expect(new Set(own).size, type).toBe(own.length);
    }
    expect(types.filter((type) => !/^[A-Za-z0-9]+:[a-z0-9]+(?:-[a-z0-9]+)*$/.test(type))).toEqual([]);
  });
});

function lineOf(column: string): string {
  return table("Audit log column reference").find((line) => line.startsWith(`${column} `)) ?? "";
}

function valuesOf(column: string): string[] {
  return lineOf(column).split("Values: ")[1]?.split(", ") ?? [];
}

function examplesOf(column: string): string[] {
  return lineOf(column).split("Examples: ")[1]?.split(", ") ?? [];
}
