import { requireId } from "@/lib/http/id.ts";
import { listQuarantine } from "@/lib/ingest/server/manage.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Open quarantined records of a source, newest first. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "quarantine.list",
    async (principal) =>
      Response.json(
        { records: await listQuarantine(principal.organizationId, requireId(id)) },
        { headers: noStore },
      ),
    { permission: "sources:manage" },
  );
}
