import { unlockUser } from "@/lib/auth/server/access-of-others.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Ends the lock that too many guesses brought about. `?reason=` goes into the audit log. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "user.unlock",
    async (principal) => {
      await unlockUser(principal, requireId((await params).id), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission: "users:manage" },
  );
}
