import { z } from "zod";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { stopSource } from "@/lib/ingest/server/source-workflows.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const change = z.strictObject({ disabled: z.boolean() });

/** Stops a source, or lets it post again. */
export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "source.update",
    async (principal) => {
      const { disabled } = await readJson(request, change);
      await stopSource(principal, requireId(id), disabled);
      return new Response(null, { status: 204 });
    },
    { permission: "sources:manage" },
  );
}
