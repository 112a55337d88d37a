import { readJson } from "@/lib/http/body.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { requireSession } from "@/lib/sessions/server/socket-session.ts";
import { sessionChange } from "@/lib/sessions/session-log.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ socket: string; id: string }> };

/** One session, at the address that Border0's API has for it. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { socket, id } = await params;
  return asApi(
    request,
    "sessions.read",
    async (principal) => Response.json(await requireSession(principal, socket, id), { headers: noStore }),
    { permission: "logs:read-own" },
  );
}

/** Asks for the end of a session: `{"killed": true}`, with a `reason` beside it. */
export async function PUT(request: Request, { params }: Context): Promise<Response> {
  const { socket, id } = await params;
  return asApi(
    request,
    "session.end",
    async (principal) => {
      const { reason } = await readJson(request, sessionChange);
      const { session_id } = await requireSession(principal, socket, id);
      return Response.json(await requestKill(principal, session_id, reason), { headers: noStore });
    },
    { permission: "sessions:end" },
  );
}
