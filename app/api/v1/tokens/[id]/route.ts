import { validate as isUuid } from "uuid";
import { revokeToken } from "@/lib/auth/server/api-tokens.ts";
import { textFault } from "@/lib/http/body.ts";
import { badRequest, notFound } from "@/lib/http/problem.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const reasonLimit = 500;

/** Revokes a token: the next request with it is refused. `?reason=` goes into the audit log. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "token.revoke",
    async (principal) => {
      const { id } = await params;
      if (!isUuid(id)) throw notFound("There is no such token.");
      const reason = new URL(request.url).searchParams.get("reason")?.trim();
      if (reason !== undefined && (reason === "" || reason.length > reasonLimit)) {
        throw badRequest([{ parameter: "reason", reason: `must have 1 to ${reasonLimit} characters` }]);
      }
      const fault = textFault(reason ?? "");
      if (fault !== undefined) throw badRequest([{ parameter: "reason", reason: fault }]);
      await revokeToken(principal, id, reason);
      return new Response(null, { status: 204 });
    },
    { permission: "tokens:manage-own" },
  );
}
