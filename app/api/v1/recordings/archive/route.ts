import { noStore } from "@/lib/logs/server/request.ts";
import { whyLeftOut } from "@/lib/recordings/archive.ts";
import { archiveAnswer } from "@/lib/recordings/server/archive.ts";
import { readArchiveRequest } from "@/lib/recordings/server/archive-request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Recordings as one zip: those that are named, or all that the filters match. `?count=true` only counts them. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "recordings.archive",
    async (principal) => {
      const { wish, exportId, isCount } = await readArchiveRequest(
        principal,
        new URL(request.url).searchParams,
      );
      const ready = wish.lines.filter((line) => whyLeftOut(line) === undefined).length;
      if (isCount)
        return Response.json({ recordings: ready, leftOut: wish.lines.length - ready }, { headers: noStore });
      return archiveAnswer(principal, wish, exportId);
    },
    { permission: "exports:create" },
  );
}
