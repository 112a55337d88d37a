import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { changeSettings, stopSource } from "@/lib/ingest/server/source-workflows.ts";
import { sourceChange } from "@/lib/ingest/source-change.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Stops a source, lets it post again, or gives it other settings; `reason` goes into the audit log. */
export async function PATCH(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "source.update",
    async (principal) => {
      const { disabled, settings, reason } = await readJson(request, sourceChange);
      if (disabled !== undefined) await stopSource(principal, requireId(id), disabled, reason);
      if (settings !== undefined) await changeSettings(principal, requireId(id), settings, reason);
      return new Response(null, { status: 204 });
    },
    { permission: "sources:manage" },
  );
}
