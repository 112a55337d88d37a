/**
 * Filters are plain data, so that the browser can import them; lib/logs/server/sql.ts turns them into SQL
 * and lib/logs/query.ts parses them from a URL.
 */
export type Filter<Field extends string = string> = {
  label: string;
} & (
  | {
      /** A name: several exact values, exclusion, prefix, substring; `suggest` offers real values with counts. */
      kind: "name";
      column: Field;
      suggest?: true;
      /** Values that are always offered, recorded or not; rows of foreign products may have others. */
      known?: readonly string[];
    }
  | {
      /** One of a closed list; several values and exclusion. */
      kind: "oneOf";
      column: Field;
      options: readonly string[];
    }
  | {
      /** A UUID, compared exactly. */
      kind: "id";
      column: Field;
    }
  | {
      /** A number: `404`, or a range `400..499`, `400..`, `..399`. */
      kind: "number";
      column: Field;
    }
  | {
      /** A text that must occur in one of the columns; folds case. */
      kind: "text";
      columns: readonly Field[];
    }
);

export function name<const F extends string>(column: F, label: string) {
  return { kind: "name", column, label, suggest: true } as const;
}

export function oneOf<const F extends string, const O extends readonly [string, ...string[]]>(
  column: F,
  label: string,
  options: O,
) {
  return { kind: "oneOf", column, label, options } as const;
}

export function id<const F extends string>(column: F, label: string) {
  return { kind: "id", column, label } as const;
}

export function number<const F extends string>(column: F, label: string) {
  return { kind: "number", column, label } as const;
}

export function text<const F extends readonly [string, ...string[]]>(columns: F, label: string) {
  return { kind: "text", columns, label } as const;
}
