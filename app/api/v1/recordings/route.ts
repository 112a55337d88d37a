import { noStore } from "@/lib/logs/server/request.ts";
import { readRecordingParameters } from "@/lib/recordings/recording-parameters.ts";
import { listRecordings } from "@/lib/recordings/server/list.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Recordings, newest first. Their upload is taken by the bare server: lib/recordings/server/upload.ts. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "recordings.list", async (principal) => {
    const query = readRecordingParameters(new URL(request.url).searchParams);
    const rows = await listRecordings(recordingScope(principal), { ...query, limit: query.limit + 1 });
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    const nextCursor = last ? `${last.startedAt}_${last.id}` : null;
    return Response.json({ rows: page, nextCursor }, { headers: noStore });
  });
}
