"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import type { LogView } from "@/lib/logs/define.ts";
import { formatQuery, type LogQuery, parseQuery } from "@/lib/logs/query.ts";
import { searchString } from "./conditions.ts";

export type ChangeQuery = (query: LogQuery, mode?: "push" | "replace") => void;

/**
 * The query in the address bar, which is all there is of a page's state. A change is a new entry of the
 * history without a new page from the server: the list fetches what it needs.
 */
export function useLogQuery(view: LogView) {
  const path = usePathname();
  const text = useSearchParams().toString();
  const parsed = useMemo(() => parseQuery(view, new URLSearchParams(text)), [view, text]);
  const change = useCallback<ChangeQuery>(
    (query, mode = "push") => {
      const url = `${path}${searchString(formatQuery(query))}`;
      if (mode === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [path],
  );
  return { parsed, change };
}
