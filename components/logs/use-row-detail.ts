"use client";

import { useEffect, useState } from "react";
import { fetchRow, type RowDetail } from "./log-api.ts";

type Detail = { key: string | undefined; detail?: RowDetail; error?: Error };

/** A row with its raw record. What was fetched for another row is never shown for this one. */
export function useRowDetail(slug: string, key: string | undefined) {
  const [state, setState] = useState<Detail>({ key: undefined });
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round fetches again
  useEffect(() => {
    if (key === undefined) return;
    const abort = new AbortController();
    fetchRow(slug, key, abort.signal)
      .then((detail) => setState({ key, detail }))
      .catch((error: unknown) => {
        if (!abort.signal.aborted)
          setState({ key, error: error instanceof Error ? error : new Error(String(error)) });
      });
    return () => abort.abort();
  }, [slug, key, round]);

  const current: Detail = state.key === key ? state : { key };
  return { ...current, retry: () => setRound((count) => count + 1) };
}
