import type { Filter } from "./filters.ts";

/**
 * How a value is shown and which type it has: `time` is UTC text with microseconds, `count`, `code` and
 * `duration` (microseconds) are numbers, `replay` is a moment of the connection's recording (milliseconds from
 * its start), `json` is JSON, the others are text.
 */
export type CellKind =
  | "time"
  | "text"
  | "command"
  | "badge"
  | "id"
  | "connection"
  | "count"
  | "code"
  | "duration"
  | "replay"
  | "json";

export type Column = {
  header: string;
  cell: CellKind;
  /** Not shown until the reader asks for it; always in the drawer, the API and exports. */
  hidden?: true;
};

/** A column of the table that shows several columns in one cell, and stands behind another. */
export type ComposedColumn = { header: string; of: readonly string[]; behind: string };

/** A way from a row to the rows of another view that belong to it. */
export type CrossLink<Field extends string = string> = {
  label: string;
  view: string;
  filter: string;
  column: Field;
  /** Only rows with one of these values in this column can have such rows. */
  when?: { column: Field; values: readonly string[] };
};

export type LogView = {
  slug: string;
  title: string;
  /** One sentence: what one row is. */
  description: string;
  /** The SQL table; its columns are the fields in snake case, `user` being `user_name`. */
  table: string;
  columns: { readonly [field: string]: Column };
  /** Shown in tables only: files and the API have the columns that these are made of. */
  composed?: { readonly [name: string]: ComposedColumn };
  filters: { readonly [parameter: string]: Filter };
  /** The column whose values stack in the histogram, in the order of the legend. */
  series: { column: string; values: readonly string[] };
  links: readonly CrossLink[];
  /**
   * Several rows may tell of one thing in stages (a Kubernetes call): only the furthest stage is shown.
   * Rows of one thing share `time` and `by`; `rank` grows with the stage, `final` can no more be overtaken.
   */
  stages?: { by: string; rank: string; final: number };
  /**
   * Columns that an index leads to, in order of time: a condition on exactly one of them finds its rows
   * without looking at others. A test compares this with the schema.
   */
  indexed: readonly string[];
  /** The column with a trigram index: substrings of three or more characters are found through it. */
  trigrams?: string;
  /**
   * Of a projection, whose rows are no immutable records: the columns that change in the life of a row, so
   * that a row which matched a filter on one of them may match no longer.
   */
  projection?: { changing: readonly string[] };
};

type Fields<Model> = keyof Model & string;

/**
 * Defines a log view over the Prisma model `Model`: `defineLogView<Command>()({ … })`. A column, filter,
 * series or link that names a field the table does not have fails to compile.
 */
export function defineLogView<Model extends { id: string; time: Date }>() {
  return <const View extends LogView>(
    view: View & {
      columns: { [K in keyof View["columns"]]: K extends Fields<Model> ? Column : never };
      composed?: {
        readonly [name: string]: { header: string; of: readonly Fields<Model>[]; behind: Fields<Model> };
      };
      filters: { [K in keyof View["filters"]]: Filter<Fields<Model>> };
      series: { column: Fields<Model> };
      indexed: readonly Fields<Model>[];
      trigrams?: Fields<Model>;
      projection?: { changing: readonly Fields<Model>[] };
      links: readonly CrossLink<Fields<Model>>[];
    },
  ): View => view;
}
