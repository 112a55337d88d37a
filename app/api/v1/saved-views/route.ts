import { readJson } from "@/lib/http/body.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { listSavedViews, savedViewWish, saveView } from "@/lib/logs/server/saved-views.ts";
import { isLogSlug } from "@/lib/logs/views.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** The saved views of a log, or of all that the caller may read. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "saved-view.list", async (principal) => {
    const log = new URL(request.url).searchParams.get("log") ?? undefined;
    if (log !== undefined && !isLogSlug(log)) throw badRequest([{ parameter: "log", reason: "is no log" }]);
    return Response.json({ savedViews: await listSavedViews(principal, log) }, { headers: noStore });
  });
}

/** Saves a query under a name. */
export function POST(request: Request): Promise<Response> {
  return asApi(request, "saved-view.create", async (principal) =>
    Response.json(await saveView(principal, await readJson(request, savedViewWish)), {
      status: 201,
      headers: noStore,
    }),
  );
}
