import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { createScimToken, revokeScimToken } from "@/lib/sso/server/scim-token.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

const permission = "identity-providers:manage";

/** Makes the token for SCIM, in place of one that there is. It is in this answer and nowhere else. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "provisioning-token.create",
    async (principal) =>
      Response.json(await createScimToken(principal, requireId(id)), { status: 201, headers: noStore }),
    { permission },
  );
}

/** Revokes it. `?reason=` goes into the audit log. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "provisioning-token.revoke",
    async (principal) => {
      await revokeScimToken(principal, requireId(id), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission },
  );
}
