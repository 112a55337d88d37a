import type { LogView } from "./define.ts";
import type { Filter } from "./filters.ts";
import { composedColumn } from "./table-columns.ts";
import { parseInstant, parseSpan } from "./time.ts";

/**
 * The one grammar of log pages, the API and exports:
 *
 *   user=ann&user=bob   is one of          user!=ann    is none of
 *   user^=an            begins with        user~=nn     contains (both fold case, both take `!`: user!~=nn)
 *   status=404          status=400..499    q=sudo       words in the searched columns
 *   last=24h            from=…&to=…        UTC instants or dates; from is included, to is not, a date as `to` is
 *   order=asc           after=<cursor>     limit=50     columns=time,user     row=<key> (the open drawer)
 *
 * A parameter that is unknown or malformed is an error: never ignored, for that would widen the answer.
 */
export type Operator = "is" | "prefix" | "contains";
export type Condition = { filter: string; operator: Operator; not: boolean; values: string[] };
export type TimeRange = { last: string } | { from?: string; to?: string };

/** A place between two rows of a view: the row with this time and id is the last one seen. */
export type Cursor = { time: string; id: string };

/** A connection, and between which times it is drawn; still growing without an end. */
export type Within = { connection: string; from: string; to?: string };

export type LogQuery = {
  conditions: Condition[];
  time: TimeRange;
  order: "asc" | "desc";
  after?: Cursor;
  limit: number;
  columns?: string[];
  /** The row whose drawer is open; no part of what is listed. */
  row?: string;
  /** The page shows one connection only; no part of the address, and nothing that a reader could take away. */
  within?: Within;
};

export type QueryError = { parameter: string; reason: string };
export type ParsedQuery = { query: LogQuery; errors?: never } | { query?: never; errors: QueryError[] };

export const maxLimit = 200;
export const defaultLimit = 50;
/** Values in one filter, and characters in one value. */
export const maxValues = 50;
export const maxValueLength = 1024;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const KEY = /^([A-Za-z]+)(!?)([\^~]?)$/;
const operators: { [suffix: string]: Operator } = { "": "is", "^": "prefix", "~": "contains" };
const suffixes: { [operator in Operator]: string } = { is: "", prefix: "^", contains: "~" };

/** `2026-11-21T08:45:32.506784Z~0193…`: the key of a row, and the cursor after it. */
export function parseCursor(text: string): Cursor | undefined {
  const [time, id, rest] = text.split("~");
  if (time === undefined || id === undefined || rest !== undefined) return undefined;
  return parseInstant(time) === time && UUID.test(id) ? { time, id } : undefined;
}

export function formatCursor(cursor: Cursor): string {
  return `${cursor.time}~${cursor.id}`;
}

/**
 * Parses the parameters of a log page or API call.
 * @param view the view whose filters are allowed
 * @param params as they stand in the URL
 * @returns the query, or one error for each bad parameter
 */
export function parseQuery(view: LogView, params: URLSearchParams): ParsedQuery {
  const errors: QueryError[] = [];
  const query: LogQuery = { conditions: [], time: {}, order: "desc", limit: defaultLimit };
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key);
    const control = readControl(view, query, key, values);
    const reason = control === undefined ? readCondition(view, query, key, values) : control;
    if (reason !== null) errors.push({ parameter: key, reason });
  }
  const { time } = query;
  if (!("last" in time) && time.from !== undefined && time.to !== undefined && time.from >= time.to) {
    errors.push({ parameter: "to", reason: "must lie after from" });
  }
  return errors.length > 0 ? { errors } : { query };
}

/** Writes a query as the parameters that {@link parseQuery} reads. Defaults are left out. */
export function formatQuery(query: LogQuery): URLSearchParams {
  const params = new URLSearchParams();
  for (const { filter, operator, not, values } of query.conditions) {
    for (const value of values) params.append(`${filter}${not ? "!" : ""}${suffixes[operator]}`, value);
  }
  if ("last" in query.time) params.set("last", query.time.last);
  else {
    if (query.time.from !== undefined) params.set("from", query.time.from);
    if (query.time.to !== undefined) params.set("to", query.time.to);
  }
  if (query.order !== "desc") params.set("order", query.order);
  if (query.after) params.set("after", formatCursor(query.after));
  if (query.limit !== defaultLimit) params.set("limit", String(query.limit));
  if (query.columns) params.set("columns", query.columns.join(","));
  if (query.row !== undefined) params.set("row", query.row);
  return params;
}

/** Which operators a filter takes. */
export function operatorsOf(filter: Filter): readonly Operator[] {
  if (filter.kind === "name") return ["is", "prefix", "contains"];
  return filter.kind === "text" ? ["contains"] : ["is"];
}

/** @returns the reason when the value is bad, null when it was read, undefined when the key is no control */
function readControl(
  view: LogView,
  query: LogQuery,
  key: string,
  values: string[],
): string | null | undefined {
  const [value = ""] = values;
  const controls: { [key: string]: () => string | null } = {
    last: () => {
      if (query.time && ("from" in query.time || "to" in query.time)) return "does not go with from or to";
      query.time = { last: value };
      return parseSpan(value) === undefined ? "must be a span such as 15m, 24h or 30d" : null;
    },
    from: () => readBound(query, "from", value),
    to: () => readBound(query, "to", value),
    order: () => {
      if (value !== "asc" && value !== "desc") return "must be asc or desc";
      query.order = value;
      return null;
    },
    after: () => {
      const cursor = parseCursor(value);
      if (!cursor) return "is not a cursor; take it from nextCursor of the page before";
      query.after = cursor;
      return null;
    },
    limit: () => {
      if (!/^\d{1,4}$/.test(value) || Number(value) < 1 || Number(value) > maxLimit)
        return `must be 1 to ${maxLimit}`;
      query.limit = Number(value);
      return null;
    },
    columns: () => {
      const columns = value.split(",");
      const known = (column: string) => Object.hasOwn(view.columns, column) || composedColumn(view, column);
      const unknown = columns.find((column) => !known(column));
      if (unknown !== undefined)
        return `names ${JSON.stringify(unknown)}, which is not a column of ${view.title}`;
      query.columns = [...new Set(columns)];
      return null;
    },
    row: () => {
      if (!parseCursor(value)) return "is not the key of a row";
      query.row = value;
      return null;
    },
  };
  if (!Object.hasOwn(controls, key)) return undefined;
  if (values.length > 1) return "may be given once";
  return controls[key]?.();
}

function readBound(query: LogQuery, bound: "from" | "to", value: string): string | null {
  if ("last" in query.time) return "does not go with last";
  const instant = parseInstant(value, bound === "to" ? "end" : "start");
  if (instant === undefined) return "must be a UTC time such as 2026-11-21T08:45:00Z, or a date";
  query.time = { ...query.time, [bound]: instant };
  return null;
}

function readCondition(view: LogView, query: LogQuery, key: string, values: string[]): string | null {
  const [, name = "", not = "", suffix = ""] = KEY.exec(key) ?? [];
  const filter = Object.hasOwn(view.filters, name) ? view.filters[name] : undefined;
  if (!filter) return `is not a parameter of ${view.title}`;
  const operator = filter.kind === "text" && suffix === "" ? "contains" : (operators[suffix] ?? "is");
  if (!operatorsOf(filter).includes(operator)) return `takes no ${operator === "prefix" ? "^=" : "~="}`;
  if (values.length > maxValues) return `takes at most ${maxValues} values`;
  for (const value of values) {
    const reason = valueError(filter, value);
    if (reason !== undefined) return reason;
  }
  query.conditions.push({ filter: name, operator, not: not === "!", values: [...new Set(values)] });
  return null;
}

function valueError(filter: Filter, value: string): string | undefined {
  if (value === "") return "must not be empty";
  if (value.length > maxValueLength) return `must be at most ${maxValueLength} characters`;
  if (value.includes("\0")) return "must not contain NUL";
  if (filter.kind === "oneOf" && !filter.options.includes(value))
    return `must be one of ${filter.options.join(", ")}`;
  if (filter.kind === "id" && !UUID.test(value)) return "must be a UUID in lower case";
  if (filter.kind === "number" && parseNumberRange(value) === undefined) {
    return "must be a number such as 404, or a range such as 400..499";
  }
  return undefined;
}

/** Reads `404`, `400..499`, `400..` or `..499`; both ends belong to the range. */
export function parseNumberRange(text: string): { min?: number; max?: number } | undefined {
  if (/^\d{1,9}$/.test(text)) return { min: Number(text), max: Number(text) };
  const [, min, max] = /^(\d{1,9})?\.\.(\d{1,9})?$/.exec(text) ?? [];
  if (min === undefined && max === undefined) return undefined;
  return { ...(min !== undefined && { min: Number(min) }), ...(max !== undefined && { max: Number(max) }) };
}
