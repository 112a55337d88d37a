"use client";

import { useMemo } from "react";
import { type PageWindow, pageAt } from "./page-window.ts";

/** The held rows as one array for the table's row model, and where a position of the list stands in it. */
export function useHeldRows<R>(window: PageWindow<R>): { rows: R[]; indexOf: (position: number) => number } {
  return useMemo(() => {
    const rows: R[] = [];
    const offsets = window.pages.map((page) => {
      const offset = rows.length;
      if (page.rows) rows.push(...page.rows);
      return page.rows ? offset : -1;
    });
    function indexOf(position: number): number {
      const at = pageAt(window, position);
      const offset = offsets[at] ?? -1;
      return offset === -1 ? -1 : offset + position - (window.pages[at]?.start ?? 0);
    }
    return { rows, indexOf };
  }, [window]);
}
