"use client";

import { useEffect, useState } from "react";
import { mergeHistograms } from "./histogram-bars.ts";
import { fetchHistogram, type Histogram } from "./log-api.ts";

type Counting = { histogram: Histogram | undefined; counting: boolean; error: Error | undefined };

/**
 * Rows over time for the filters. A count that takes long comes in parts, newest first, and is shown as it
 * grows; it is called off when the question changes.
 * @param params of {@link filterParams}, as text
 * @param round another number counts again, as when rows have arrived
 */
export function useHistogram(slug: string, params: string, round: number): Counting {
  const [state, setState] = useState<Counting>({ histogram: undefined, counting: true, error: undefined });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round counts again
  useEffect(() => {
    const abort = new AbortController();
    async function count() {
      const query = new URLSearchParams(params);
      let counted: Histogram | undefined;
      do {
        if (counted?.scannedTo) {
          query.delete("last");
          query.set("from", counted.from);
          query.set("to", counted.scannedTo);
          query.set("width", String(counted.widthMs));
        }
        const part = await fetchHistogram(slug, query, abort.signal);
        abort.signal.throwIfAborted();
        counted = counted ? mergeHistograms(counted, part) : part;
        setState({ histogram: counted, counting: !counted.complete, error: undefined });
      } while (!counted.complete);
    }
    setState((before) => ({ ...before, counting: true }));
    count().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const failure = error instanceof Error ? error : new Error(String(error));
      setState((before) => ({ ...before, counting: false, error: failure }));
    });
    return () => abort.abort();
  }, [slug, params, round]);

  return state;
}
