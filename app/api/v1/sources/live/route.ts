import { watchStream } from "@/lib/auth/server/open-streams.ts";
import { healthStream } from "@/lib/ingest/server/health-stream.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sources:manage";

/** Sources with their health as server-sent events, whenever something about them changes. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "source.follow",
    async (principal) => {
      const watch = (end: () => void): (() => void) => watchStream(principal, end);
      return new Response(healthStream(principal.organizationId, request.signal, watch), {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-store, no-transform",
          "x-accel-buffering": "no",
        },
      });
    },
    { permission },
  );
}
