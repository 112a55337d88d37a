"use client";

import { useEffect, useState } from "react";
import { fetchHistogram } from "@/components/logs/log-api.ts";
import { type Download, rangeOfDays } from "@/lib/audit/download.ts";

/** `rows` counted so far; all of them when `complete`. */
export type DownloadCount = { rows: number; complete: boolean; error?: string };

/**
 * Counts the rows of a download before it begins: exactly, newest first, in as many calls as that takes.
 * @param download undefined while the form is not filled in
 * @param round counts anew when it changes
 */
export function useDownloadCount(download: Download | undefined, round: number): DownloadCount | undefined {
  const key = download && `${round} ${download.category} ${download.from} ${download.to}`;
  const [state, setState] = useState<{ key: string; count: DownloadCount }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names the download and the round
  useEffect(() => {
    if (!download || key === undefined) return;
    const abort = new AbortController();
    const tell = (count: DownloadCount) => !abort.signal.aborted && setState({ key, count });
    countRows(download, abort.signal, tell).catch((error: unknown) => {
      tell({ rows: 0, complete: false, error: error instanceof Error ? error.message : String(error) });
    });
    return () => abort.abort();
  }, [key]);
  return state?.key === key ? state?.count : undefined;
}

async function countRows(
  { category, from, to }: Download,
  signal: AbortSignal,
  tell: (count: DownloadCount) => void,
): Promise<void> {
  const params = new URLSearchParams({ category, ...rangeOfDays(from, to) });
  let rows = 0;
  for (;;) {
    const answer = await fetchHistogram("audit-log", params, signal);
    for (const { counts } of answer.buckets) for (const n of Object.values(counts)) rows += n;
    tell({ rows, complete: answer.complete });
    if (answer.scannedTo === null) return;
    params.set("to", answer.scannedTo);
    params.set("width", String(answer.widthMs));
  }
}
