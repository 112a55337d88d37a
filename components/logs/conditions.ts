import type { LogView } from "@/lib/logs/define.ts";
import type { Filter } from "@/lib/logs/filters.ts";
import { type Condition, formatQuery, type LogQuery, type Operator } from "@/lib/logs/query.ts";

/** Editing of queries: every function gives a new one and leaves the old as it was. */

/** What makes two conditions one: the same filter, asked in the same way. */
export function conditionKey({ filter, operator, not }: Condition): string {
  return `${filter}${not ? "!" : ""}:${operator}`;
}

/**
 * Puts a condition in the place of another, or behind the others. Without values it is gone; with the way of
 * asking of a third one, it takes in that one's values.
 * @param replaced the key of the condition that is edited
 */
export function putCondition(query: LogQuery, replaced: string | undefined, condition: Condition): LogQuery {
  const key = conditionKey(condition);
  const twin = query.conditions.find((each) => conditionKey(each) === key && key !== replaced);
  const merged = { ...condition, values: [...new Set([...(twin?.values ?? []), ...condition.values])] };
  const rest = query.conditions.filter((each) => each !== twin);
  const at = rest.findIndex((each) => conditionKey(each) === replaced);
  const conditions = at === -1 ? [...rest, merged] : rest.toSpliced(at, 1, merged);
  return listing(
    query,
    conditions.filter(({ values }) => values.length > 0),
  );
}

export function dropCondition(query: LogQuery, key: string): LogQuery {
  return listing(
    query,
    query.conditions.filter((each) => conditionKey(each) !== key),
  );
}

/** Another question begins on its first page. */
function listing({ after: _, ...query }: LogQuery, conditions: Condition[]): LogQuery {
  return { ...query, conditions };
}

export function withTime({ after: _, ...query }: LogQuery, time: LogQuery["time"]): LogQuery {
  return { ...query, time };
}

export function withOrder({ after: _, ...query }: LogQuery, order: LogQuery["order"]): LogQuery {
  return { ...query, order };
}

/** Without any filter and time range; order and columns stay. */
export function cleared({ after: _, ...query }: LogQuery): LogQuery {
  return { ...query, conditions: [], time: {} };
}

export function isFiltered({ conditions, time }: LogQuery): boolean {
  return conditions.length > 0 || "last" in time || time.from !== undefined || time.to !== undefined;
}

/** The filter that asks for exact values of a column. */
export function filterOfColumn(view: LogView, column: string): string | undefined {
  return Object.keys(view.filters).find((name) => {
    const filter = view.filters[name];
    return filter !== undefined && filter.kind !== "text" && filter.column === column;
  });
}

/** Asks for one value more, or for none of it; what was asked of the value before is taken back. */
export function askForValue(query: LogQuery, filter: string, value: string, not: boolean): LogQuery {
  const opposite: Condition = { filter, operator: "is", not: !not, values: [] };
  const before = query.conditions.find((each) => conditionKey(each) === conditionKey(opposite));
  const kept = (before?.values ?? []).filter((each) => each !== value);
  const taken = before ? putCondition(query, conditionKey(before), { ...before, values: kept }) : query;
  return putCondition(taken, undefined, { filter, operator: "is", not, values: [value] });
}

/** The words of the free text search. */
export function searchText(view: LogView, { conditions }: LogQuery): string {
  const name = textFilter(view);
  const condition = conditions.find((each) => each.filter === name && !each.not);
  return condition?.values.join(" ") ?? "";
}

export function withSearchText(view: LogView, query: LogQuery, text: string): LogQuery {
  const filter = textFilter(view);
  if (filter === undefined) return query;
  const condition: Condition = {
    filter,
    operator: "contains",
    not: false,
    values: text.trim() === "" ? [] : [text.trim()],
  };
  return putCondition(query, conditionKey(condition), condition);
}

export function textFilter(view: LogView): string | undefined {
  return Object.keys(view.filters).find((name) => view.filters[name]?.kind === "text");
}

/** The conditions that have a chip: all but the one in the search field. */
export function chipConditions(view: LogView, { conditions }: LogQuery): Condition[] {
  const text = textFilter(view);
  return conditions.filter((each) => each.filter !== text || each.not);
}

export const operatorWords: { [operator in Operator]: readonly [string, string] } = {
  is: ["is", "is not"],
  prefix: ["begins with", "does not begin with"],
  contains: ["contains", "does not contain"],
};

/** The way of asking in words: `is`, `does not contain`. */
export function wordsOf(filter: Filter, { operator, not }: Pick<Condition, "operator" | "not">): string {
  if (filter.kind === "number") return not ? "is not" : "is";
  return operatorWords[operator][not ? 1 : 0];
}

/** The parameters that decide which rows are listed: none of how or where they are shown. */
export function listParams({
  row: _row,
  columns: _columns,
  limit: _limit,
  ...query
}: LogQuery): URLSearchParams {
  const params = formatQuery({ ...query, limit: 50 });
  if (query.within !== undefined) params.set("connection", query.within.connection);
  return params;
}

/** The parameters of what is filtered, for histogram, export and live rows. */
export function filterParams({ after: _, ...query }: LogQuery): URLSearchParams {
  const params = listParams(query);
  params.delete("order");
  return params;
}

/** As {@link filterParams}; a page of one connection draws its span, where no other is asked for. */
export function histogramParams(query: LogQuery): URLSearchParams {
  const params = filterParams(query);
  if (query.within === undefined || ["last", "from", "to"].some((name) => params.has(name))) return params;
  params.set("from", query.within.from);
  if (query.within.to !== undefined) params.set("to", query.within.to);
  return params;
}

/** A query as it stands in the address bar, with the characters left readable that may stand there. */
export function searchString(params: URLSearchParams): string {
  const text = params.toString().replace(/%(3A|7E|21|2C|40|2F|5E)/g, (escape) => decodeURIComponent(escape));
  return text === "" ? "" : `?${text}`;
}
