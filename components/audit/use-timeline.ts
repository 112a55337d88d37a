"use client";

import { useCallback, useEffect, useState } from "react";
import { fetchPage, type Row } from "@/components/logs/log-api.ts";
import type { WorkflowLine } from "@/lib/audit/workflow.ts";
import { fetchWorkflows } from "./audit-api.ts";

type Timeline = {
  workflowId: string | undefined;
  steps: Row[];
  /** How the workflow ended, where it has more steps than one page. */
  whole?: WorkflowLine | undefined;
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
    void readSteps({ workflowId, steps: [], next: null }, abort.signal).then((read) => {
      if (!abort.signal.aborted) setState(read);
    });
    return () => abort.abort();
  }, [workflowId, round]);

  const { steps, whole, next } = current;
  const more = useCallback(async () => {
    if (workflowId === undefined || !next) return;
    const read = await readSteps({ workflowId, steps, whole, next }, new AbortController().signal);
    setState((now) => (now.workflowId === workflowId ? read : now));
  }, [workflowId, steps, whole, next]);
  return { ...current, more, retry: () => setRound((count) => count + 1) };
}

/** Reads on from `next`; null is the beginning. */
async function readSteps(
  { workflowId, steps, whole, next }: { workflowId: string; next: string | null } & Omit<Timeline, "error">,
  signal: AbortSignal,
): Promise<Timeline> {
  try {
    const params = new URLSearchParams({ workflow: workflowId, order: "asc" });
    const page = await fetchPage("audit-log", params, { after: next, limit: stepsAtOnce, signal });
    const known = whole ?? (page.nextCursor === null ? undefined : await readWhole(workflowId, signal));
    return { workflowId, steps: [...steps, ...page.rows], whole: known, next: page.nextCursor };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { workflowId, steps, whole, next: next ?? undefined, error: failure };
  }
}

async function readWhole(workflowId: string, signal: AbortSignal): Promise<WorkflowLine | undefined> {
  const params = new URLSearchParams({ workflow: workflowId });
  const { rows } = await fetchWorkflows(params, { after: null, limit: 1, signal });
  return rows[0];
}
