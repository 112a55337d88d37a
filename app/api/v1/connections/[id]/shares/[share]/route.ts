import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { revokeShare } from "@/lib/shares/server/shares.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Takes a share back. `?reason=` goes into the audit log. */
export async function DELETE(
  request: Request,
  { params }: { params: Promise<{ id: string; share: string }> },
): Promise<Response> {
  const { id, share } = await params;
  return asApi(
    request,
    "share.revoke",
    async (principal) => {
      await revokeShare(principal, requireId(id), requireId(share), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission: "sessions:share" },
  );
}
