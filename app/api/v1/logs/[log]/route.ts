import { listLogs } from "@/lib/logs/server/list.ts";
import { noStore, readLogRequest } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** A page of a log. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ log: string }> },
): Promise<Response> {
  const { log } = await params;
  return asApi(request, "logs.list", async (principal) => {
    const { slug, scope, query } = readLogRequest(request, principal, log);
    return Response.json(await listLogs(slug, scope, query), { headers: noStore });
  });
}
