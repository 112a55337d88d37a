import { readiness } from "@/lib/health/server/readiness.ts";
import { Problem, problemResponse } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";

/** Whether requests can be served: 200, or 503 with the reason. */
export async function GET(request: Request): Promise<Response> {
  const state = await readiness();
  if (state.ready) return Response.json({ status: "ready" }, { headers: { "cache-control": "no-store" } });
  const problem = new Problem(503, state.reason, { headers: { "retry-after": "5" } });
  return problemResponse(problem, requestFacts(request.headers).requestId);
}
