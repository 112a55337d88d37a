import { removeMember } from "@/lib/groups/server/members.ts";
import { requireId } from "@/lib/http/id.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Takes somebody out of a group. */
export async function DELETE(
  request: Request,
  { params }: { params: Promise<{ id: string; user: string }> },
): Promise<Response> {
  const { id, user } = await params;
  return asApi(
    request,
    "group.remove-member",
    async (principal) =>
      Response.json(await removeMember(principal, requireId(id), requireId(user)), { headers: noStore }),
    { permission: "users:manage" },
  );
}
