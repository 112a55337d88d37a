"use client";

import { useCallback, useEffect, useState } from "react";
import { fetchPage, type Row } from "@/components/logs/log-api.ts";

type Timeline = {
  workflowId: string | undefined;
  steps: Row[];
  /** Where further steps begin; null at the end, undefined before the first answer. */
  next: string | null | undefined;
  error?: Error;
};

const stepsAtOnce = 100;

/** The steps of a workflow, earliest first, as far as they were asked for. */
export function useTimeline(workflowId: string | undefined) {
  const [state, setState] = useState<Timeline>({ workflowId, steps: [], next: undefined });
  const [round, setRound] = useState(0);
  const current: Timeline =
    state.workflowId === workflowId ? state : { workflowId, steps: [], next: undefined };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round reads anew
  useEffect(() => {
    if (workflowId === undefined) return;
    const abort = new AbortController();
    void readSteps(workflowId, [], null, abort.signal).then((read) => {
      if (!abort.signal.aborted) setState(read);
    });
    return () => abort.abort();
  }, [workflowId, round]);

  const { steps, next } = current;
  const more = useCallback(async () => {
    if (workflowId === undefined || !next) return;
    const read = await readSteps(workflowId, steps, next, new AbortController().signal);
    setState((now) => (now.workflowId === workflowId ? read : now));
  }, [workflowId, steps, next]);
  return { ...current, more, retry: () => setRound((count) => count + 1) };
}

async function readSteps(
  workflowId: string,
  before: Row[],
  after: string | null,
  signal: AbortSignal,
): Promise<Timeline> {
  try {
    const params = new URLSearchParams({ workflow: workflowId, order: "asc" });
    const page = await fetchPage("audit-log", params, { after, limit: stepsAtOnce, signal });
    return { workflowId, steps: [...before, ...page.rows], next: page.nextCursor };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { workflowId, steps: before, next: after ?? undefined, error: failure };
  }
}
