"use client";

import { type RefObject, useCallback, useMemo, useRef } from "react";
import type { PageWindow } from "@/components/data-table/page-window.ts";
import { formatQuery, type LogQuery } from "@/lib/logs/query.ts";
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

  /** What was listed when a row was opened: then the entry before in the history is the list without it. */
  const openedOver = useRef<string>(undefined);
  const list = formatQuery(withoutRow(query)).toString();

  const open = useCallback(
    (row: Row) => {
      const key = cursorOf(row);
      if (key === named) return;
      if (named === undefined) openedOver.current = list;
      // Walking from row to row is one visit of the drawer.
      change({ ...query, row: key }, named === undefined ? "push" : "replace");
    },
    [change, query, named, list],
  );

  const close = useCallback(() => {
    const inDrawer = document.activeElement?.closest("dialog") !== null;
    if (openedOver.current === list) globalThis.history.back();
    else change(withoutRow(query), "replace");
    openedOver.current = undefined;
    if (inDrawer)
      scroller.current
        ?.querySelector<HTMLElement>('[tabindex="0"][data-row], [data-row] [tabindex="0"]')
        ?.focus();
  }, [change, query, list, scroller]);

  return { openKey: held && keyOf(held), held, open, close };
}

function withoutRow({ row: _, ...query }: LogQuery): LogQuery {
  return query;
}

function findRow(window: PageWindow<Row>, key: string): Row | undefined {
  for (const page of window.pages) {
    const row = page.rows?.find((each) => cursorOf(each) === key);
    if (row) return row;
  }
  return undefined;
}
