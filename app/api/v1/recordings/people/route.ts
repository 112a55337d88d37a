import { textFault } from "@/lib/http/body.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { listRecordedPeople } from "@/lib/recordings/server/list.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** People with recordings, how many and the latest; `?match=` is a part of the name. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "recordings.people", async (principal) => {
    const match = new URL(request.url).searchParams.get("match") ?? "";
    const fault = match.length > 256 ? "must have at most 256 characters" : textFault(match);
    if (fault !== undefined) throw badRequest([{ parameter: "match", reason: fault }]);
    return Response.json(
      { people: await listRecordedPeople(recordingScope(principal), match) },
      { headers: noStore },
    );
  });
}
