"use client";

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { type ColumnLayout, formatLayout, parseLayout } from "./column-layout.ts";

/** Tells tables of this page that a layout was kept; `storage` events reach other pages only. */
const changed = "daybook:layout";

function subscribe(listener: () => void): () => void {
  window.addEventListener("storage", listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener("storage", listener);
    window.removeEventListener(changed, listener);
  };
}

/**
 * The layout that this browser keeps for a table.
 * @param key of the table and its reader
 * @param shownAtFirst the columns shown until someone chooses others
 * @returns the layout, a function that keeps another, and one that forgets it
 */
export function useColumnLayout(key: string, known: readonly string[], shownAtFirst: readonly string[]) {
  const kept = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => null,
  );
  const layout = useMemo<ColumnLayout>(
    () => parseLayout(kept, known) ?? { shown: shownAtFirst, sizes: {} },
    [kept, known, shownAtFirst],
  );
  const keep = useCallback(
    (next: ColumnLayout) => {
      localStorage.setItem(key, formatLayout(next));
      window.dispatchEvent(new Event(changed));
    },
    [key],
  );
  const forget = useCallback(() => {
    localStorage.removeItem(key);
    window.dispatchEvent(new Event(changed));
  }, [key]);
  return { layout, keep, forget };
}
