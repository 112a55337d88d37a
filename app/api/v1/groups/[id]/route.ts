import { groupBodyLimit, groupChange } from "@/lib/groups/group-wish.ts";
import { deleteGroup, updateGroup } from "@/lib/groups/server/groups.ts";
import { getGroup } from "@/lib/groups/server/read.ts";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

const permission = "users:manage";

/** A group with its members. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "group.read",
    async (principal) => Response.json(await getGroup(principal, requireId(id)), { headers: noStore }),
    { permission },
  );
}

/** Changes a group as it was seen at a version. */
export async function PATCH(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "group.update",
    async (principal) => {
      const change = await readJson(request, groupChange, groupBodyLimit);
      return Response.json(await updateGroup(principal, requireId(id), change), { headers: noStore });
    },
    { permission },
  );
}

/** Deletes a group; `?reason=` goes into the audit log. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "group.delete",
    async (principal) => {
      await deleteGroup(principal, requireId(id), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission },
  );
}
