import { readiness } from "@/lib/health/server/readiness.ts";
import { Problem, problemResponse } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { storeWasUp } from "@/lib/recordings/server/store-health.ts";

/** Whether requests can be served: 200, or 503 with the reason. */
export async function GET(request: Request): Promise<Response> {
  const state = await readiness();
  // Without the store of recordings, everything else goes on: a probe must not take the logs away with it.
  const recordings = storeWasUp() ? "up" : "down";
  if (state.ready)
    return Response.json({ status: "ready", recordings }, { headers: { "cache-control": "no-store" } });
  const problem = new Problem(503, state.reason, { headers: { "retry-after": "5" } });
  return problemResponse(problem, requestFacts(request.headers).requestId);
}
