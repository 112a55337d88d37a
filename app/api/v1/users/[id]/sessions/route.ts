import { endSessionsOf } from "@/lib/auth/server/access-of-others.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Ends every session of a person. `?reason=` goes into the audit log. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "user.end-sessions",
    async (principal) => {
      const ended = await endSessionsOf(principal, requireId((await params).id), requireReason(request));
      return Response.json({ ended }, { headers: noStore });
    },
    { permission: "users:manage" },
  );
}
