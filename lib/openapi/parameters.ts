import type { LogView } from "@/lib/logs/define.ts";
import type { Filter } from "@/lib/logs/filters.ts";
import {
  defaultLimit,
  formatQuery,
  maxLimit,
  maxValueLength,
  maxValues,
  type Operator,
  operatorsOf,
} from "@/lib/logs/query.ts";
import { tableColumns } from "@/lib/logs/table-columns.ts";
import type { Parameter, Ref, Schema } from "./operation.ts";

const instant = "A UTC time such as 2026-11-21T08:45:00Z, or a date";

const controls = {
  last: {
    description: "Rows of this time up to now: minutes, hours, days or weeks. Not with `from` or `to`.",
    schema: { type: "string", pattern: "^[1-9]\\d{0,3}[mhdw]$", examples: ["15m", "24h", "30d"] },
  },
  from: { description: `${instant}; rows of this time are included.`, schema: { type: "string" } },
  to: {
    description: `${instant}; rows of this time are not included, those of a date are.`,
    schema: { type: "string" },
  },
  order: { description: "By time.", schema: { type: "string", enum: ["asc", "desc"], default: "desc" } },
  after: {
    description: "Rows behind this one: `nextCursor` of the page before.",
    schema: {
      type: "string",
      examples: ["2026-11-21T08:45:32.506784Z~0193a4c2-8f3a-7c10-8a51-5be0a0d3c902"],
    },
  },
  limit: {
    description: "Rows of a page.",
    schema: { type: "integer", minimum: 1, maximum: maxLimit, default: defaultLimit },
  },
} as const satisfies { [name: string]: { description: string; schema: Schema } };

export type Control = keyof typeof controls;

/** The parameters that every log has, by their names. */
export function controlParameters(): { [name: string]: Parameter } {
  return Object.fromEntries(
    Object.entries(controls).map(([name, { description, schema }]) => [
      name,
      { name, in: "query", description, schema },
    ]),
  );
}

export function controlRefs(...names: readonly Control[]): Ref[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

/** The parameters of a view's filters, one for each operator and its exclusion, under names for `components`. */
export function filterParameters(view: LogView): { [name: string]: Parameter } {
  return Object.fromEntries(
    Object.entries(view.filters).flatMap(([name, filter]) =>
      operatorsOf(filter).flatMap((operator) =>
        [false, true].map((not): [string, Parameter] => {
          const key = [view.slug, name, ...(not ? ["not"] : []), operator].join(".");
          const description = `${filter.label}${not ? ", none of these" : ""}: ${meaning[operator]}.`;
          const schema = { type: "array", items: valueSchema(filter), maxItems: maxValues };
          return [
            key,
            {
              name: parameterName(name, filter, operator, not),
              in: "query",
              description,
              explode: true,
              schema,
            },
          ];
        }),
      ),
    ),
  );
}

/** As the grammar writes it, but for texts: what is searched for is always contained, and the bare name says so. */
function parameterName(name: string, filter: Filter, operator: Operator, not: boolean): string {
  if (filter.kind === "text") return not ? `${name}!` : name;
  const condition = { filter: name, operator, not, values: [""] };
  const [key = ""] = formatQuery({
    conditions: [condition],
    time: {},
    order: "desc",
    limit: defaultLimit,
  }).keys();
  return key;
}

const meaning = {
  is: "exactly one of the values",
  prefix: "begins with one of the values, in whatever case",
  contains: "contains one of the values, in whatever case",
} as const;

export function filterRefs(view: LogView): Ref[] {
  return Object.keys(filterParameters(view)).map((key) => ({ $ref: `#/components/parameters/${key}` }));
}

function valueSchema(filter: Filter): Schema {
  switch (filter.kind) {
    case "oneOf":
      return { type: "string", enum: [...filter.options] };
    case "id":
      return { type: "string", format: "uuid" };
    case "number":
      return {
        type: "string",
        pattern: "^(\\d{1,9}|\\d{1,9}\\.\\.(\\d{1,9})?|\\.\\.\\d{1,9})$",
        examples: ["404", "400..499", "500.."],
      };
    default:
      return { type: "string", minLength: 1, maxLength: maxValueLength };
  }
}

/** `columns=time,user`: which columns an export has. */
export function columnsParameter(view: LogView): Parameter {
  const items = { type: "string", enum: tableColumns(view).map((column) => column.id) };
  const description = "The columns of the file, in the order of the definition; all of them without it.";
  return {
    name: "columns",
    in: "query",
    description,
    style: "form",
    explode: false,
    schema: { type: "array", items },
  };
}

/** The filters whose values type-ahead offers. */
export function suggestingFilters(view: LogView): string[] {
  return Object.entries(view.filters).flatMap(([name, filter]) =>
    filter.kind === "name" && filter.suggest ? [name] : [],
  );
}
