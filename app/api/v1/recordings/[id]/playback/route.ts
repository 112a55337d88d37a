import { noStore } from "@/lib/logs/server/request.ts";
import { idleParameter } from "@/lib/recordings/server/idle-parameter.ts";
import { playbackOf, recordReading, requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** What a player needs to begin. That somebody plays the recording is in the audit log before the answer. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.play", async (principal) => {
    const line = await requireRecording(principal, id);
    const playback = await playbackOf(principal, line, idleParameter(request));
    await recordReading(principal, line, "recording:playback");
    return Response.json(playback, { headers: noStore });
  });
}
