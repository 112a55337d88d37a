"use client";

import { useEffect, useState } from "react";
import type { PageState } from "@/components/data-table/page-store.ts";
import { countOf } from "@/components/data-table/page-window.ts";
import { Button } from "@/components/ui/button.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { formatCount } from "./format-values.ts";

/** An answer that comes sooner needs no word of waiting. */
const patienceMs = 250;

/** A search that takes long: how far it has come, what it has found, and a way out. */
export function SearchStatus<R>({ state, onCancel }: { state: PageState<R>; onCancel: () => void }) {
  const loading = state.phase === "loading";
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!loading) {
      setLong(false);
      return;
    }
    const timer = setTimeout(() => setLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, [loading]);

  // Pages that come while one scrolls need no word; a search through much that does not match does.
  const searching = state.stale || state.scannedTo !== null || countOf(state.window) === 0;
  if (!loading || !long || !searching) return null;
  const found = state.stale ? 0 : countOf(state.window);
  return (
    <div className="absolute inset-x-0 bottom-0 z-10 flex items-center gap-4 border-t border-line bg-surface px-3 py-1.5">
      <Spinner label={state.scannedTo === null ? "Searching" : "Searched back to"} />
      {state.scannedTo !== null && <TimeText time={state.scannedTo} withZone />}
      <span className="tabular min-w-0 flex-1 truncate text-ink-2">{formatCount(found)} found</span>
      <Button size="sm" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
