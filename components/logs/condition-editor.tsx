"use client";

import { useCallback, useState } from "react";
import type { LoadValues } from "@/components/data-table/use-offered-values.ts";
import { ValuePicker } from "@/components/data-table/value-picker.tsx";
import { Select } from "@/components/ui/input.tsx";
import type { Filter } from "@/lib/logs/filters.ts";
import {
  type Condition,
  maxValueLength,
  maxValues,
  type Operator,
  operatorsOf,
  parseNumberRange,
} from "@/lib/logs/query.ts";
import { wordsOf } from "./conditions.ts";
import { fetchValues } from "./log-api.ts";

type EditorProps = {
  slug: string;
  filter: Filter;
  condition: Condition;
  onChange: (condition: Condition) => void;
};

const placeholders: { [kind in Filter["kind"]]: string } = {
  name: "Type to find values",
  oneOf: "Type to narrow",
  id: "Paste an id, Enter",
  number: "404, 400..499, 500..",
  text: "Words, Enter",
};

/** What is wrong with a value that was typed, in the words of the URL grammar. */
function checkValue(filter: Filter, text: string): string | undefined {
  if (text.length > maxValueLength) return `At most ${maxValueLength} characters`;
  if (filter.kind === "number" && parseNumberRange(text) === undefined)
    return "A number such as 404, or a range such as 400..499";
  return undefined;
}

/** Edits one condition: how it asks, and for which values. Every change is listed at once. */
export function ConditionEditor({ slug, filter, condition, onChange }: EditorProps) {
  const [edited, setEdited] = useState(condition);
  const { operator, not, values } = edited;
  const name = condition.filter;
  const known = filter.kind === "name" ? filter.known : undefined;
  const load = useCallback<LoadValues>(
    async (match, signal) => {
      const recorded = await fetchValues(slug, name, match, signal);
      const fitting = known?.filter((value) => value.toLowerCase().includes(match.toLowerCase())) ?? [];
      const others = fitting.filter((value) => !recorded.some((each) => each.value === value));
      return [...recorded, ...others.map((value) => ({ value, count: 0 }))];
    },
    [slug, name, known],
  );
  const suggests = filter.kind === "name" && filter.suggest === true && operator === "is";
  const offer = filter.kind === "oneOf" ? filter.options : suggests ? load : values;

  function change(next: Condition) {
    setEdited(next);
    onChange(next);
  }

  function toggle(value: string) {
    const rest = values.filter((each) => each !== value);
    if (rest.length === values.length && values.length >= maxValues) return;
    change({ ...edited, values: rest.length < values.length ? rest : [...values, value] });
  }

  return (
    <div className="flex w-72 max-w-full flex-col gap-2 p-2">
      <div className="flex items-center gap-2">
        <span className="shrink-0 px-1 font-medium">{filter.label}</span>
        <Select
          aria-label={`How ${filter.label} is compared`}
          value={`${not ? "!" : ""}${operator}`}
          onChange={({ target }) => {
            const chosen = target.value.replace("!", "") as Operator;
            change({ ...edited, operator: chosen, not: target.value.startsWith("!") });
          }}
        >
          {operatorsOf(filter).flatMap((each) =>
            [false, true].map((negated) => (
              <option key={`${negated}${each}`} value={`${negated ? "!" : ""}${each}`}>
                {wordsOf(filter, { operator: each, not: negated })}
              </option>
            )),
          )}
        </Select>
      </div>
      <ValuePicker
        label={filter.label}
        values={values}
        onToggle={toggle}
        offer={offer}
        placeholder={suggests || filter.kind !== "name" ? placeholders[filter.kind] : "Text, Enter"}
        {...(filter.kind !== "oneOf" && { checkTyped: (text: string) => checkValue(filter, text) })}
      />
      {values.length >= maxValues && (
        <p className="px-1 text-xs text-ink-2">No more than {maxValues} values</p>
      )}
    </div>
  );
}
