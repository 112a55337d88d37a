import { archiveAnswer } from "@/lib/recordings/server/archive.ts";
import { readArchiveRequest } from "@/lib/recordings/server/archive-request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Recordings as one zip: those that are named, or all that the filters match. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "recordings.archive",
    async (principal) => {
      const { wish, exportId } = await readArchiveRequest(principal, new URL(request.url).searchParams);
      return archiveAnswer(principal, wish, exportId);
    },
    { permission: "exports:create" },
  );
}
