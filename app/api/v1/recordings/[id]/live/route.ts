import { watchStream } from "@/lib/auth/server/open-streams.ts";
import { Problem } from "@/lib/http/problem.ts";
import { recordReading, requireRecording } from "@/lib/recordings/server/read.ts";
import { liveSession } from "@/lib/recordings/server/stored-session.ts";
import { watchSession } from "@/lib/recordings/server/watch.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** A session under way as server-sent events, from now on. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(request, "session.watch", async (principal) => {
    const line = await requireRecording(principal, id);
    const session = liveSession(line.id);
    if (!session) throw new Problem(409, "The session is over, or its host is not connected.");
    await recordReading(principal, line, "session:watching");
    const stream = watchSession(session, request.signal, (end) =>
      watchStream(principal, end, line.connectionId),
    );
    return new Response(stream, {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  });
}
