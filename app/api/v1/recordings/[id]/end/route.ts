import { requireReason } from "@/lib/http/reason.ts";
import { endSession } from "@/lib/recordings/server/end-session.ts";
import { requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Ends a session that is under way; `?reason=` is shown to the person and kept. */
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
      await endSession(principal, line, requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission: "sessions:end" },
  );
}
