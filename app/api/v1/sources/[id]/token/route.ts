import { requireId } from "@/lib/http/id.ts";
import { replaceToken } from "@/lib/ingest/server/source-workflows.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Replaces the token of a source; the old one is refused within a second. */
export async function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "source.renew-token",
    async (principal) =>
      Response.json(await replaceToken(principal, requireId(id)), { status: 201, headers: noStore }),
    { permission: "sources:manage" },
  );
}
