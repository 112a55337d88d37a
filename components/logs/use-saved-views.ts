"use client";

import { useCallback, useEffect, useState } from "react";
import { fetchSavedViews, type SavedView } from "./log-api.ts";

/** The saved views of a log, by name; undefined while they are on their way. */
export function useSavedViews(slug: string) {
  const [views, setViews] = useState<SavedView[]>();
  const [error, setError] = useState<string>();
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads again
  useEffect(() => {
    const abort = new AbortController();
    fetchSavedViews(slug, abort.signal)
      .then((loaded) => {
        setViews(loaded);
        setError(undefined);
      })
      .catch((failure: unknown) => {
        if (!abort.signal.aborted) setError(failure instanceof Error ? failure.message : String(failure));
      });
    return () => abort.abort();
  }, [slug, round]);

  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { views, error, reload };
}
