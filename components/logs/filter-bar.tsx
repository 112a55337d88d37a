"use client";

import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { useKeys } from "@/components/ui/use-keys.ts";
import type { LogView } from "@/lib/logs/define.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { AddFilter } from "./add-filter.tsx";
import { ConditionChip } from "./condition-chip.tsx";
import { chipConditions, cleared, isFiltered, textFilter, withTime } from "./conditions.ts";
import { TextSearch } from "./text-search.tsx";
import { TimeRangePicker } from "./time-range-picker.tsx";
import type { ChangeQuery } from "./use-log-query.ts";

type FilterBarProps = {
  view: LogView;
  query: LogQuery;
  change: ChangeQuery;
  /** What can be done with the list, at the end of the line. */
  children: ReactNode;
};

/** Time range, free text, a chip for each condition, and a way to add one. All of it is in the address. */
export function FilterBar({ view, query, change, children }: FilterBarProps) {
  const filtered = isFiltered(query);
  const clear = () => filtered && change(cleared(query));
  useKeys({ Backspace: clear });
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-2 py-1.5 max-sm:gap-x-1 sm:px-3">
      <search
        aria-label="Filters"
        className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5 max-sm:contents"
      >
        <TimeRangePicker time={query.time} onChange={(time) => change(withTime(query, time))} />
        {textFilter(view) !== undefined && <TextSearch view={view} query={query} change={change} />}
        {chipConditions(view, query).map((condition, place) => (
          // A chip keeps its place, and with it its open panel, while its condition is edited.
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what lasts
          <ConditionChip key={place} view={view} query={query} condition={condition} change={change} />
        ))}
        <AddFilter view={view} query={query} change={change} />
        {filtered && (
          <Button look="quiet" className="h-7!" onClick={clear} aria-keyshortcuts="Backspace">
            Clear <Kbd keys="⌫" />
          </Button>
        )}
      </search>
      <div className="-order-1 flex items-center gap-1 max-sm:grow max-sm:justify-end sm:order-none">
        {children}
      </div>
    </div>
  );
}
