import { deleteDeploymentToken } from "@/lib/deployment-tokens/server/deployment-tokens.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Deletes a deployment token; `?reason=` goes into the audit log. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "deployment-token.delete",
    async (principal) => {
      const { id } = await params;
      await deleteDeploymentToken(principal, requireId(id), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission: "sources:manage" },
  );
}
