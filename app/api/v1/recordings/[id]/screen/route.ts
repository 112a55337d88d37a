import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { microsOfSeconds } from "@/lib/recordings/connection-query.ts";
import { recordPlaying, requireRecording } from "@/lib/recordings/server/read.ts";
import { screenAt } from "@/lib/recordings/server/screen-at.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** What was on the screen at a second, for pictures along the timeline. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "recordings.screen", async (principal) => {
    const atUs = microsOfSeconds(new URL(request.url).searchParams.get("t") ?? "0");
    if (atUs === undefined)
      throw badRequest([{ parameter: "t", reason: "must be seconds of the recording, such as 65 or 65.5" }]);
    const line = await requireRecording(principal, id);
    const picture = await screenAt(principal, line, atUs, request.signal);
    await recordPlaying(principal, line);
    return Response.json(picture, { headers: noStore });
  });
}
