import { requireReason } from "@/lib/http/reason.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Asks for the end of a session that is under way; `?reason=` is shown to the person and kept. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "session.end",
    async (principal) => {
      const line = await requireRecording(principal, id);
      const kill = await requestKill(principal, line.connectionId, requireReason(request));
      return Response.json(kill, { headers: noStore });
    },
    { permission: "sessions:end" },
  );
}
