import { requireReason } from "@/lib/http/reason.ts";
import { holdRecording, releaseRecording } from "@/lib/recordings/server/hold.ts";
import { requireRecording } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

/** Puts a recording under a legal hold for `?reason=`. */
export function POST(request: Request, context: Context): Promise<Response> {
  return change(request, context, "recordings.hold", holdRecording);
}

/** Releases a recording from its hold for `?reason=`. */
export function DELETE(request: Request, context: Context): Promise<Response> {
  return change(request, context, "recordings.release", releaseRecording);
}

async function change(
  request: Request,
  { params }: Context,
  action: string,
  apply: typeof holdRecording,
): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    action,
    async (principal) => {
      const line = await requireRecording(principal, id);
      await apply(principal, line, requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission: "holds:manage" },
  );
}
