"use client";

import { useMemo } from "react";
import type { ColumnLayout } from "@/components/data-table/column-layout.ts";
import { useColumnLayout } from "@/components/data-table/use-column-layout.ts";
import type { LogView } from "@/lib/logs/define.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { tableColumns } from "@/lib/logs/table-columns.ts";
import { columnWidth } from "./log-columns.tsx";
import type { ChangeQuery } from "./use-log-query.ts";

/**
 * The columns of a log as its reader has arranged them; those that the address names go first.
 * @param key of the reader and the log, under which the browser keeps the arrangement
 */
export function useColumns(view: LogView, key: string, query: LogQuery, change: ChangeQuery) {
  const { known, atFirst, columns } = useMemo(() => {
    const all = tableColumns(view);
    return {
      known: all.map(({ id }) => id),
      atFirst: all.filter(({ hidden }) => !hidden).map(({ id }) => id),
      columns: all.map(({ id, header, kind }) => ({ id, title: header, size: columnWidth(kind) })),
    };
  }, [view]);
  const { layout: kept, keep, forget } = useColumnLayout(`daybook.columns.${key}`, known, atFirst);
  const named = query.columns;
  const layout = useMemo<ColumnLayout>(
    () => (named ? { shown: named, sizes: kept.sizes } : kept),
    [named, kept],
  );

  /** What is arranged is kept in the browser, and no longer depends on the address. */
  function dropNamed() {
    const { columns: _, ...rest } = query;
    if (named) change(rest, "replace");
  }
  function onLayout(next: ColumnLayout) {
    keep(next);
    dropNamed();
  }
  function onReset() {
    forget();
    dropNamed();
  }
  return { columns, layout, onLayout, onReset };
}
