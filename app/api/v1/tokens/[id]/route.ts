import { validate as isUuid } from "uuid";
import { revokeToken } from "@/lib/auth/server/api-tokens.ts";
import { notFound } from "@/lib/http/problem.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Revokes a token: the next request with it is refused. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "token.revoke",
    async (principal) => {
      const { id } = await params;
      if (!isUuid(id)) throw notFound("There is no such token.");
      await revokeToken(principal, id);
      return new Response(null, { status: 204 });
    },
    { permission: "tokens:manage-own" },
  );
}
