import { noStore } from "@/lib/logs/server/request.ts";
import { idleParameter } from "@/lib/recordings/server/idle-parameter.ts";
import { liveIndex } from "@/lib/recordings/server/live-rewind.ts";
import { indexOf, recordPlaying, requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** The index that the player reads itself, of a session under way too; its segments are relative to this address. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.index", async (principal) => {
    const line = await requireRecording(principal, id);
    const index =
      line.state === "live" ? liveIndex(line) : await indexOf(principal, line, idleParameter(request));
    await recordPlaying(principal, line);
    return Response.json(index, { headers: noStore });
  });
}
