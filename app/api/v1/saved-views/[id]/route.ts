import { requireId } from "@/lib/http/id.ts";
import { deleteSavedView } from "@/lib/logs/server/saved-views.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Deletes a saved view of one's own. */
export async function DELETE(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "saved-view.delete", async (principal) => {
    await deleteSavedView(principal, requireId(id));
    return new Response(null, { status: 204 });
  });
}
