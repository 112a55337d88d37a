"use client";

import { type RefObject, useCallback, useMemo } from "react";
import type { PageWindow } from "@/components/data-table/page-window.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import type { Row } from "./log-api.ts";
import { cursorOf } from "./use-log-list.ts";
import type { ChangeQuery } from "./use-log-query.ts";

/** The row whose drawer is open, which the address names. Going back closes it. */
export function useOpenRow(
  window: PageWindow<Row>,
  query: LogQuery,
  change: ChangeQuery,
  keyOf: (row: Row) => string,
  scroller: RefObject<HTMLElement | null>,
) {
  const { row: named } = query;
  const held = useMemo(() => (named === undefined ? undefined : findRow(window, named)), [window, named]);

  const open = useCallback(
    (row: Row) => {
      const key = cursorOf(row);
      // Walking from row to row is one visit of the drawer.
      if (key !== named) change({ ...query, row: key }, named === undefined ? "push" : "replace");
    },
    [change, query, named],
  );

  const close = useCallback(() => {
    const inDrawer = document.activeElement?.closest("dialog") !== null;
    const { row: _, ...rest } = query;
    change(rest);
    if (inDrawer)
      scroller.current
        ?.querySelector<HTMLElement>('[tabindex="0"][data-row], [data-row] [tabindex="0"]')
        ?.focus();
  }, [change, query, scroller]);

  return { openKey: held && keyOf(held), held, open, close };
}

function findRow(window: PageWindow<Row>, key: string): Row | undefined {
  for (const page of window.pages) {
    const row = page.rows?.find((each) => cursorOf(each) === key);
    if (row) return row;
  }
  return undefined;
}
