import { noStore } from "@/lib/logs/server/request.ts";
import { readSearchParameters, searchPlaceText } from "@/lib/recordings/search-parameters.ts";
import { searchAs } from "@/lib/recordings/server/search-as.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Lines of all recordings, or of some, that hold the words of `?q=`; what was shown is in the audit log before the answer. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "recordings.search", async (principal) => {
    const { words, ...search } = readSearchParameters(new URL(request.url).searchParams);
    const { hits, next } = await searchAs(principal, words, search);
    return Response.json({ hits, nextCursor: next ? searchPlaceText(next) : null }, { headers: noStore });
  });
}
