import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { deleteRecording } from "@/lib/recordings/server/delete.ts";
import { requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

/** What is known of a recording. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.read", async (principal) =>
    Response.json(await requireRecording(principal, id), { headers: noStore }),
  );
}

/** Deletes a recording; `?reason=` is kept with its tombstone. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "recordings.delete",
    async (principal) => {
      const line = await requireRecording(principal, id);
      const reason = requireReason(request);
      await deleteRecording(principal, line, reason);
      return new Response(null, { status: 204 });
    },
    { permission: "recordings:delete" },
  );
}
