"use client";

import { useCallback } from "react";
import { useCopy } from "@/components/ui/copy-button.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { composedColumn } from "@/lib/logs/table-columns.ts";
import { actKeys, type CellAct, CellActions } from "./cell-actions.tsx";
import { linkOfColumn } from "./cells.tsx";
import { askForValue, filterOfColumn } from "./conditions.ts";
import { detailsText } from "./details-cell.tsx";
import type { Row } from "./log-api.ts";
import type { ChangeQuery } from "./use-log-query.ts";

/** What the cell holds, null where it is empty. */
function valueOf(view: LogView, row: Row, column: string): Row[string] | null {
  return composedColumn(view, column) ? detailsText(view, column, row) || null : (row[column] ?? null);
}

/** What can be done with a single value: ask for it, leave it out, copy it; by mouse and by key. */
export function useCellActions(
  view: LogView,
  query: LogQuery,
  change: ChangeQuery,
  shown: readonly string[],
) {
  const copy = useCopy();

  const filterBy = useCallback(
    (column: string, value: string, not: boolean) => {
      const filter = filterOfColumn(view, column);
      if (filter !== undefined) change(askForValue(query, filter, value, not));
    },
    [view, query, change],
  );

  const act = useCallback(
    (row: Row, column: string, what: CellAct) => {
      const value = valueOf(view, row, column);
      if (value === null) return;
      if (what === "copy") void copy(String(value));
      else filterBy(column, String(value), what === "without");
    },
    [view, copy, filterBy],
  );

  const renderActions = useCallback(
    (row: Row, column: string) => {
      if (valueOf(view, row, column) === null) return null;
      const beside = column === shown.at(-1) ? "beside-left" : "beside-right";
      const place = linkOfColumn(view, column) ? beside : "over";
      return (
        <CellActions view={view} column={column} place={place} onAct={(what) => act(row, column, what)} />
      );
    },
    [view, act, shown],
  );

  const onCellKey = useCallback(
    (row: Row, column: string, key: string) => {
      const what = Object.hasOwn(actKeys, key) ? actKeys[key] : undefined;
      if (what) act(row, column, what);
      return what !== undefined;
    },
    [act],
  );

  return { filterBy, renderActions, onCellKey };
}
