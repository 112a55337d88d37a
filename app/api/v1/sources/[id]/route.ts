import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { stopSource } from "@/lib/ingest/server/source-workflows.ts";
import { sourceChange } from "@/lib/ingest/source-change.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Stops a source, or lets it post again; `reason` goes into the audit log. */
export async function PATCH(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "source.update",
    async (principal) => {
      const { disabled, reason } = await readJson(request, sourceChange);
      await stopSource(principal, requireId(id), disabled, reason);
      return new Response(null, { status: 204 });
    },
    { permission: "sources:manage" },
  );
}
