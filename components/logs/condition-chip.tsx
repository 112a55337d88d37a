"use client";

import { X } from "lucide-react";
import { useRef } from "react";
import { Popover } from "@/components/ui/popover.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import type { Condition, LogQuery } from "@/lib/logs/query.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { conditionKey, dropCondition, putCondition, wordsOf } from "./conditions.ts";
import type { ChangeQuery } from "./use-log-query.ts";

type ChipProps = { view: LogView; query: LogQuery; condition: Condition; change: ChangeQuery };

/** A condition of the query: press it to edit, press its cross to drop it. */
export function ConditionChip({ view, query, condition, change }: ChipProps) {
  const filter = view.filters[condition.filter];
  const editing = useRef({ key: conditionKey(condition), started: false, emptied: false });
  if (!filter) return null;
  const words = wordsOf(filter, condition);
  const shown = condition.values.slice(0, 2);
  const more = condition.values.length - shown.length;

  return (
    <span className="inline-flex h-7 max-w-full items-stretch rounded-md border border-line-strong/60 bg-sunken text-sm">
      <Popover
        panelLabel={`Filter by ${filter.label}`}
        look="quiet"
        className="h-full! min-w-0 shrink! rounded-r-none! border-0!"
        onOpenChange={(open) => {
          if (!open && editing.current.emptied) change(dropCondition(query, conditionKey(condition)));
          editing.current = { key: conditionKey(condition), started: false, emptied: false };
        }}
        trigger={
          <span className="truncate">
            <span className="text-ink-2">
              {filter.label} {words}{" "}
            </span>
            <VisibleText text={shown.join(", ")} />
            {more > 0 && ` and ${more} more`}
          </span>
        }
      >
        {() => (
          <ConditionEditor
            slug={view.slug}
            filter={filter}
            condition={condition}
            onChange={(next) => {
              const { key, started } = editing.current;
              // The chip stays while it has no value for a moment, or its panel would close.
              if (next.values.length === 0) {
                editing.current.emptied = true;
                return;
              }
              editing.current = { key: conditionKey(next), started: true, emptied: false };
              // One editing is one entry of the history.
              change(putCondition(query, key, next), started ? "replace" : "push");
            }}
          />
        )}
      </Popover>
      <button
        type="button"
        aria-label={`Remove the filter ${filter.label} ${words} ${condition.values.join(", ")}`}
        className="flex w-6 shrink-0 items-center justify-center rounded-r-md text-ink-2 hover:bg-hover hover:text-ink"
        onClick={() => change(dropCondition(query, conditionKey(condition)))}
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
