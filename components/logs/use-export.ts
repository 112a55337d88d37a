"use client";

import { useEffect, useState } from "react";
import { ApiError, cancelExport, type ExportState, fetchExport } from "./log-api.ts";

export const exportFormats = ["csv", "json", "ndjson"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const lookMs = 700;
/** The download's request may still be on its way when its state is first asked for. */
const unknownAtMostMs = 10_000;

export type RunningExport = { id: string; startedMs: number };

/**
 * Exports by download: the browser writes the file, the page asks for its state. The id is made here, so that
 * the state can be asked for while the download runs.
 * @param path below the API, of what answers with an export
 */
export function useExport(path: string) {
  const [running, setRunning] = useState<RunningExport>();
  const [state, setState] = useState<ExportState>();
  const [error, setError] = useState<string>();

  function start(params: URLSearchParams) {
    const id = crypto.randomUUID();
    const query = new URLSearchParams(params);
    query.set("exportId", id);
    const link = document.createElement("a");
    link.href = `/api/v1${path}?${query}`;
    link.download = "";
    link.click();
    setState(undefined);
    setError(undefined);
    setRunning({ id, startedMs: Date.now() });
  }

  async function cancel() {
    if (!running) return;
    try {
      await cancelExport(running.id);
    } catch (failure) {
      // It may have ended in this very moment; then its state says so.
      if (!(failure instanceof ApiError) || failure.status !== 409) setError(String(failure));
    }
  }

  const over = state !== undefined && state.state !== "running";
  useEffect(() => {
    if (!running || over) return;
    const abort = new AbortController();
    const timer = setInterval(async () => {
      try {
        setState(await fetchExport(running.id, abort.signal));
      } catch (failure) {
        if (abort.signal.aborted) return;
        const starting = failure instanceof ApiError && failure.status === 404;
        if (starting && Date.now() - running.startedMs < unknownAtMostMs) return;
        const words = failure instanceof Error ? failure.message : String(failure);
        setError(
          starting ? "The export did not start. Other exports may still be running: try again later." : words,
        );
        setRunning(undefined);
      }
    }, lookMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [running, over]);

  return { running, state, error, start, cancel };
}
