import { randomUUID } from "node:crypto";
import { pool } from "@/lib/db/client.ts";
import { sqlName } from "@/lib/record/columns.ts";
import { isLogSlug, type LogSlug, logView, logViews } from "../views.ts";
import type { TestWorld } from "./test-world.ts";

/** What a request may name. */
export type Names = Pick<TestWorld, "word" | "ids" | "keys"> & {
  /** A value of a filter of a log, as it stands in the rows. */
  value: (log: LogSlug, filter: string) => string;
};

export const slugs = Object.keys(logViews).filter(isLogSlug);

/** Filters that take a name, an id or a text: whatever could be somebody else's. */
export function filtersOf(log: LogSlug): string[] {
  return Object.entries(logView(log).filters).flatMap(([name, { kind }]) =>
    kind === "oneOf" || kind === "number" ? [] : [name],
  );
}

/** The names of a world, with a value of every filter from its rows. */
export async function namesOf({ organizationId, word, ids, keys }: TestWorld): Promise<Names> {
  const values = new Map<string, string>();
  for (const log of slugs) {
    const view = logView(log);
    for (const filter of filtersOf(log)) {
      const definition = view.filters[filter];
      if (!definition) continue;
      const column = sqlName(definition.kind === "text" ? (definition.columns[0] ?? "") : definition.column);
      const found = await pool().query<{ value: string }>(
        `SELECT ${column}::text AS value FROM ${view.table} WHERE organization_id = $1 AND ${column}::text <> ''
         ORDER BY strpos(${column}::text, $2) DESC LIMIT 1`,
        [organizationId, word],
      );
      const [row] = found.rows;
      // A column that no record of the world fills is asked for all the same.
      values.set(`${log} ${filter}`, row?.value ?? word);
    }
  }
  return { word, ids, keys, value: (log, filter) => values.get(`${log} ${filter}`) ?? word };
}

/** Names of the same form and length, which nobody has. */
export function absentNames(names: Names, word: string): Names {
  const renamed = (text: string): string =>
    text
      .replaceAll(names.word, word)
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, () => randomUUID());
  const all = <T extends { [name: string]: string }>(given: T): T =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, renamed(value)])) as T;
  const values = new Map<string, string>();
  const value: Names["value"] = (log, filter) => {
    const key = `${log} ${filter}`;
    const known = values.get(key) ?? renamed(names.value(log, filter));
    values.set(key, known);
    return known;
  };
  return { word, ids: all(names.ids), keys: all(names.keys), value };
}
