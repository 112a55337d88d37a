import { allows } from "@/lib/auth/principal.ts";
import { authenticate } from "@/lib/auth/server/authenticate.ts";
import { Problem } from "@/lib/http/problem.ts";
import { healthStream } from "@/lib/ingest/server/health-stream.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sources:manage";

/** Sources with their health as server-sent events, whenever something about them changes. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "source.follow",
    async (principal) => {
      const mayGoOn = async (): Promise<boolean> => {
        try {
          return allows(await authenticate(request), permission);
        } catch (error) {
          if (error instanceof Problem) return false;
          throw error;
        }
      };
      return new Response(healthStream(principal.organizationId, request.signal, mayGoOn), {
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
