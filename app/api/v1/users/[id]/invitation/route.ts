import { requireId } from "@/lib/http/id.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";
import { resendInvitation } from "@/lib/users/server/invitations.ts";

type Context = { params: Promise<{ id: string }> };

/** Sends an invited person another link; the one before is dead. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "user.invitation.resend",
    async (principal) =>
      Response.json(await resendInvitation(principal, requireId(id)), { status: 201, headers: noStore }),
    { permission: "users:manage" },
  );
}
