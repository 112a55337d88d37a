import { watchStream } from "@/lib/auth/server/open-streams.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { liveStream } from "@/lib/logs/server/live-stream.ts";
import { parsePosition, positionOf, readHorizon } from "@/lib/logs/server/position.ts";
import { readLogRequest } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** New rows of a log as server-sent events, from a position on or from now. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ log: string }> },
): Promise<Response> {
  const { log } = await params;
  return asApi(request, "logs.follow", async (principal) => {
    const { slug, scope, query, own } = readLogRequest(request, principal, log, ["since"]);
    const since = request.headers.get("last-event-id") ?? own.get("since");
    const position = since === null ? positionOf(await readHorizon()) : parsePosition(since);
    if (!position)
      throw badRequest([
        { parameter: "since", reason: "is not a position; take it from a page or an event" },
      ]);
    const watch = (end: () => void): (() => void) => watchStream(principal, end);
    return new Response(liveStream(slug, scope, query, position, request.signal, watch), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  });
}
