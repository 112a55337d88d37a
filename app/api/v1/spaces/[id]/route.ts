import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { describeSpace } from "@/lib/targets/server/describe.ts";
import { targetChange } from "@/lib/targets/target-change.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Changes the description of a space. */
export async function PATCH(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "space.update",
    async (principal) => {
      const { description } = await readJson(request, targetChange);
      await describeSpace(principal, requireId(id), description);
      return new Response(null, { status: 204 });
    },
    { permission: "targets:manage" },
  );
}
