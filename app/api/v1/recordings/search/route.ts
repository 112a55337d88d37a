import { requireId } from "@/lib/http/id.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { searchRecordings } from "@/lib/recordings/server/search.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Lines of all recordings, or of one, that hold the words of `?q=`. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "recordings.search", async (principal) => {
    const params = new URL(request.url).searchParams;
    const words = params.get("q")?.trim() ?? "";
    if (words === "" || words.length > 256)
      throw badRequest([{ parameter: "q", reason: "must have 1 to 256 characters" }]);
    const recording = params.get("recording");
    const hits = await searchRecordings(recordingScope(principal), words, {
      limit: 100,
      ...(recording !== null && { recordingId: requireId(recording) }),
    });
    return Response.json({ hits }, { headers: noStore });
  });
}
