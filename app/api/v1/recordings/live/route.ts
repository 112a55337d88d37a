import { watchStream } from "@/lib/auth/server/open-streams.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { sessionsStream } from "@/lib/recordings/server/under-way.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Tells, as server-sent events, whenever the sessions under way are others. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "recordings.follow", async (principal) => {
    const watch = (end: () => void): (() => void) => watchStream(principal, end);
    return new Response(sessionsStream(recordingScope(principal), request.signal, watch), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  });
}
