import { fileAnswer } from "@/lib/recordings/server/file-answer.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { replayFile, requireSession } from "@/lib/sessions/server/socket-session.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** The replay of a session, at the address that Border0's API has for it. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ socket: string; id: string }> },
): Promise<Response> {
  const { socket, id } = await params;
  return asApi(
    request,
    "sessions.replay",
    async (principal) => {
      // Before anything is looked for: a token for the logs alone is told so.
      recordingScope(principal);
      const found = await requireSession(principal, socket, id);
      const { recordingId, file } = replayFile(found, new URL(request.url).searchParams);
      return fileAnswer(principal, recordingId, file);
    },
    { permission: "logs:read-own" },
  );
}
