import { textFault } from "@/lib/http/body.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { endSession } from "@/lib/recordings/server/end-session.ts";
import { requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const reasonLimit = 500;

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
      const reason = new URL(request.url).searchParams.get("reason")?.trim() ?? "";
      const fault =
        reason === "" || reason.length > reasonLimit
          ? `must have 1 to ${reasonLimit} characters`
          : textFault(reason);
      if (fault !== undefined) throw badRequest([{ parameter: "reason", reason: fault }]);
      await endSession(principal, line, reason);
      return new Response(null, { status: 204 });
    },
    { permission: "sessions:end" },
  );
}
