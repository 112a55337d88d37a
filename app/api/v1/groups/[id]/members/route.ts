import { memberWish } from "@/lib/groups/group-wish.ts";
import { addMember } from "@/lib/groups/server/members.ts";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Puts somebody into a group. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "group.add-member",
    async (principal) => {
      const { user } = await readJson(request, memberWish);
      return Response.json(await addMember(principal, requireId(id), user), { headers: noStore });
    },
    { permission: "users:manage" },
  );
}
