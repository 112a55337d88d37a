import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { replaceToken } from "@/lib/ingest/server/source-workflows.ts";
import { tokenRenewal } from "@/lib/ingest/source-change.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/**
 * Replaces the token of a source; the old one is refused within a second. The new one is in this answer and
 * nowhere else. `reason` goes into the audit log.
 */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "source.renew-token",
    async (principal) => {
      const { reason } = await readJson(request, tokenRenewal);
      return Response.json(await replaceToken(principal, requireId(id), reason), {
        status: 201,
        headers: noStore,
      });
    },
    { permission: "sources:manage" },
  );
}
