"use client";

import { useEffect, useRef, useState } from "react";
import { fetchRow, type Row, type RowDetail } from "./log-api.ts";

type Detail = { key: string | undefined; detail?: RowDetail; error?: Error };

/**
 * A row with its raw record. What was fetched for another row is never shown for this one.
 * @param held the row as the list has it: when it changes there, it is read anew
 */
export function useRowDetail(slug: string, key: string | undefined, held: Row | undefined) {
  const [state, setState] = useState<Detail>({ key: undefined });
  const [round, setRound] = useState(0);

  const listed = useRef<Row>(undefined);
  useEffect(() => {
    const before = listed.current;
    if (held) listed.current = held;
    if (before && held && before.id === held.id && JSON.stringify(before) !== JSON.stringify(held))
      setRound((count) => count + 1);
  }, [held]);

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
