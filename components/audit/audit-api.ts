import { callApi } from "@/components/logs/log-api.ts";
import type { WorkflowPage } from "@/lib/audit/workflow.ts";

/** @param params the filters of the page; @param after the cursor of the page before */
export function fetchWorkflows(
  params: URLSearchParams,
  { after, limit, signal }: { after: string | null; limit: number; signal: AbortSignal },
): Promise<WorkflowPage> {
  const query = new URLSearchParams(params);
  query.set("limit", String(limit));
  if (after !== null) query.set("after", after);
  return callApi(`/workflows?${query}`, { signal });
}
