import { userScopeWish } from "@/lib/groups/group-wish.ts";
import { assignScope } from "@/lib/groups/server/user-scope.ts";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Gives somebody the global scope or takes it, and puts them into exactly the groups that are named. */
export async function PUT(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "user.change-scope",
    async (principal) => {
      await assignScope(principal, requireId(id), await readJson(request, userScopeWish));
      return new Response(null, { status: 204 });
    },
    { permission: "users:manage" },
  );
}
