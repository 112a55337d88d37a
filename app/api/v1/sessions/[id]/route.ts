import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { notFound } from "@/lib/http/problem.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { findSession } from "@/lib/sessions/server/list-sessions.ts";
import { sessionChange } from "@/lib/sessions/session-log.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

/** One connection under the names of Border0's sessions API. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "sessions.read",
    async (principal) => {
      const session = await findSession(principal, requireId(id));
      if (!session) throw notFound("There is no such session.");
      return Response.json(session, { headers: noStore });
    },
    { permission: "logs:read-own" },
  );
}

/** Asks for the end of a session: `{"killed": true}`, with a `reason` beside it. */
export async function PUT(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "session.end",
    async (principal) => {
      const { reason } = await readJson(request, sessionChange);
      return Response.json(await requestKill(principal, requireId(id), reason), { headers: noStore });
    },
    { permission: "sessions:end" },
  );
}
