"use client";

import { useEffect, useRef, useState } from "react";
import { useThrottled } from "@/components/ui/use-throttled.ts";
import { mergeHistograms } from "./histogram-bars.ts";
import { fetchHistogram, type Histogram } from "./log-api.ts";

type Counting = { histogram: Histogram | undefined; counting: boolean; error: Error | undefined };

/** Rows that arrive are counted no oftener than this, and for no more than a part of the time. */
const recountMs = 2_000;
const restPerWork = 10;
/** The longest that a timer waits. */
const neverMs = 2 ** 31 - 1;

/**
 * Rows over time for the filters. A count that takes long comes in parts, newest first, and is shown as it
 * grows; it is called off when the question changes. When rows arrive it is made anew, and shown when done.
 * @param params of {@link filterParams}, as text
 * @param received how many rows have arrived
 */
export function useHistogram(slug: string, params: string, received: number): Counting {
  const [state, setState] = useState<Counting>({ histogram: undefined, counting: true, error: undefined });
  const [restMs, setRestMs] = useState(neverMs);
  const round = useThrottled(received, restMs);
  const counted = useRef<string>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round counts again
  useEffect(() => {
    const abort = new AbortController();
    const question = `${slug}?${params}`;
    const again = counted.current === question;
    async function count() {
      const started = performance.now();
      let histogram: Histogram | undefined;
      do {
        const part = await fetchHistogram(slug, partParams(params, histogram), abort.signal);
        abort.signal.throwIfAborted();
        histogram = histogram ? mergeHistograms(histogram, part) : part;
        if (!again || histogram.complete)
          setState({ histogram, counting: !histogram.complete, error: undefined });
      } while (!histogram.complete);
      counted.current = question;
      setRestMs(Math.max(recountMs, restPerWork * (performance.now() - started)));
    }
    // A count under way is not called off for rows that arrive meanwhile.
    setRestMs(neverMs);
    if (!again) setState((before) => ({ ...before, counting: true }));
    count().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const failure = error instanceof Error ? error : new Error(String(error));
      setState((before) => ({ ...before, counting: false, error: failure }));
      setRestMs(restPerWork * recountMs);
    });
    return () => abort.abort();
  }, [slug, params, round]);

  return state;
}

/** The parameters of the next part of a count, or of the whole of it. */
function partParams(params: string, counted: Histogram | undefined): URLSearchParams {
  const query = new URLSearchParams(params);
  if (counted?.scannedTo) {
    query.delete("last");
    query.set("from", counted.from);
    query.set("to", counted.scannedTo);
    query.set("width", String(counted.widthMs));
  } else if (!["last", "from", "to"].some((name) => query.has(name))) query.set("fit", "oldest");
  return query;
}
