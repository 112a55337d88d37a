import { notFound } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { idleParameter } from "@/lib/recordings/server/idle-parameter.ts";
import { liveSegment } from "@/lib/recordings/server/live-rewind.ts";
import { recordPlaying, requireRecording, segmentOf } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** A stretch of a recording for the player. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string; segment: string }> },
): Promise<Response> {
  const { id, segment } = await params;
  return asApi(request, "recordings.segment", async (principal) => {
    if (!/^\d{1,6}$/.test(segment)) throw notFound("There is no such segment.");
    const line = await requireRecording(principal, id);
    if (line.state === "live") {
      const part = await liveSegment(line, Number(segment), new URL(request.url).searchParams);
      await recordPlaying(principal, line);
      return Response.json(part, { headers: noStore });
    }
    const part = await segmentOf(principal, line, Number(segment), idleParameter(request));
    await recordPlaying(principal, line);
    return Response.json(part, { headers: noStore });
  });
}
