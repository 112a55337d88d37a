import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { deleteTarget } from "@/lib/targets/server/delete-target.ts";
import { describeTarget } from "@/lib/targets/server/describe.ts";
import { targetChange } from "@/lib/targets/target-change.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

/** Changes the description of a target. */
export async function PATCH(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "target.update",
    async (principal) => {
      const { description } = await readJson(request, targetChange);
      await describeTarget(principal, requireId(id), description);
      return new Response(null, { status: 204 });
    },
    { permission: "targets:manage" },
  );
}

/** Deletes a target and ends its connections; `?reason=` is kept, and shown to whom they are. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "target.delete",
    async (principal) => {
      const deleted = await deleteTarget(principal, requireId(id), requireReason(request));
      return Response.json(deleted, { headers: noStore });
    },
    { permission: "targets:manage" },
  );
}
