import { noStore } from "@/lib/logs/server/request.ts";
import { idleParameter } from "@/lib/recordings/server/idle-parameter.ts";
import { indexOf, requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** The index that the player reads itself; its segments are relative to this address. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.index", async (principal) => {
    const line = await requireRecording(principal, id);
    return Response.json(await indexOf(principal, line, idleParameter(request)), { headers: noStore });
  });
}
