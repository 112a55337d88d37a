import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { listSessions } from "@/lib/sessions/server/list-sessions.ts";
import { parseSessionQuery } from "@/lib/sessions/session-query.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Connections under the names of Border0's sessions API, newest first, a numbered page at a time. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "sessions.list",
    async (principal) => {
      const parsed = parseSessionQuery(new URL(request.url).searchParams);
      if (parsed.errors) throw badRequest(parsed.errors);
      return Response.json(await listSessions(principal, parsed.query), { headers: noStore });
    },
    { permission: "logs:read-own" },
  );
}
