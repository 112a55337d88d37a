"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { PageStore } from "@/components/data-table/page-store.ts";
import type { Row } from "./log-api.ts";

/** How long a row is still shown, struck through, after it has stopped matching. */
const leavingMs = 4000;

/** Rows that the filters no longer match: they are seen in their new form for a moment, then they go. */
export function useLeavingRows(store: PageStore<Row>, paused: boolean) {
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const goesAt = useRef(new Map<string, number>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const sweep = useCallback(() => {
    const now = performance.now();
    const due = new Set([...goesAt.current].filter(([, at]) => at <= now).map(([key]) => key));
    for (const key of due) goesAt.current.delete(key);
    if (due.size > 0) store.remove(due);
    setLeaving(new Set(goesAt.current.keys()));
    clearTimeout(timer.current);
    const next = Math.min(...goesAt.current.values());
    if (goesAt.current.size > 0) timer.current = setTimeout(sweep, Math.max(0, next - now));
  }, [store]);

  // Nothing moves while the list is paused.
  useEffect(() => {
    if (!paused) sweep();
    return () => clearTimeout(timer.current);
  }, [paused, sweep]);

  /** @param back keys of rows that match, again perhaps; @param gone keys of those that no longer do */
  function update(back: readonly string[], gone: readonly string[]): void {
    let changed = gone.length > 0;
    for (const key of back) changed = goesAt.current.delete(key) || changed;
    for (const key of gone) goesAt.current.set(key, performance.now() + leavingMs);
    if (!changed) return;
    if (paused) setLeaving(new Set(goesAt.current.keys()));
    else sweep();
  }

  function forget(): void {
    goesAt.current.clear();
    setLeaving((before) => (before.size === 0 ? before : new Set()));
  }

  return { leaving, update, forget };
}
