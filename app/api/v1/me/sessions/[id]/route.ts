import { revokeOwnSession } from "@/lib/auth/server/revocation.ts";
import { requireId } from "@/lib/http/id.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sign-in:manage-own";

/** Ends one of the caller's other sessions. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "own-session.end",
    async (principal) => {
      await revokeOwnSession(principal, requireId((await params).id));
      return new Response(null, { status: 204 });
    },
    { permission },
  );
}
