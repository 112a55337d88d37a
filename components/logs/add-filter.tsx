"use client";

import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { ValuePicker } from "@/components/data-table/value-picker.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import { useKeys } from "@/components/ui/use-keys.ts";
import type { LogView } from "@/lib/logs/define.ts";
import { type Condition, type LogQuery, operatorsOf } from "@/lib/logs/query.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { conditionKey, putCondition } from "./conditions.ts";
import type { ChangeQuery } from "./use-log-query.ts";

/** Chooses a filter, then its values; the first value makes the chip. */
export function AddFilter({ view, query, change }: { view: LogView; query: LogQuery; change: ChangeQuery }) {
  const [name, setName] = useState<string>();
  const editing = useRef<{ key: string | undefined }>({ key: undefined });
  const button = useRef<HTMLButtonElement>(null);
  useKeys({ "+": () => button.current?.click() });
  const filter = name === undefined ? undefined : view.filters[name];
  const labels = Object.values(view.filters).map((each) => each.label);

  function start(label: string) {
    const chosen = Object.keys(view.filters).find((each) => view.filters[each]?.label === label);
    setName(chosen);
  }

  function conditionOf(chosen: string): Condition {
    const operator = (filter && operatorsOf(filter)[0]) ?? "is";
    const fresh: Condition = { filter: chosen, operator, not: false, values: [] };
    return query.conditions.find((each) => conditionKey(each) === conditionKey(fresh)) ?? fresh;
  }

  return (
    <Popover
      panelLabel="Add a filter"
      look="quiet"
      buttonRef={button}
      shortcut="+"
      className="h-7! max-sm:-order-2"
      trigger={
        <>
          <Plus aria-hidden className="size-3.5" /> Filter
        </>
      }
      onOpenChange={() => {
        setName(undefined);
        editing.current = { key: undefined };
      }}
    >
      {() =>
        name === undefined || !filter ? (
          <div className="w-60 p-2">
            <ValuePicker
              single
              label="Filter by"
              values={[]}
              onToggle={start}
              offer={labels}
              placeholder="Filter by …"
            />
          </div>
        ) : (
          <ConditionEditor
            slug={view.slug}
            filter={filter}
            condition={conditionOf(name)}
            onChange={(next) => {
              const { key } = editing.current;
              editing.current = { key: conditionKey(next) };
              change(
                putCondition(query, key ?? conditionKey(next), next),
                key === undefined ? "push" : "replace",
              );
            }}
          />
        )
      }
    </Popover>
  );
}
