import { listWorkflows } from "@/lib/audit/server/workflows.ts";
import { noStore, readLogRequest } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** A page of workflows of the audit log. */
export async function GET(request: Request): Promise<Response> {
  return asApi(request, "workflows.list", async (principal) => {
    const { scope, query } = readLogRequest(request, principal, "audit-log");
    return Response.json(await listWorkflows(scope, query), { headers: noStore });
  });
}
