import { readJson } from "@/lib/http/body.ts";
import { listSources } from "@/lib/ingest/server/manage.ts";
import { addSource } from "@/lib/ingest/server/source-workflows.ts";
import { sourceWish } from "@/lib/ingest/source-wish.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sources:manage";

/** Sources with their health. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "source.list",
    async (principal) =>
      Response.json({ sources: await listSources(principal.organizationId) }, { headers: noStore }),
    { permission },
  );
}

/** Makes a source. Its token is in this answer and nowhere else. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "source.create",
    async (principal) =>
      Response.json(await addSource(principal, await readJson(request, sourceWish)), {
        status: 201,
        headers: noStore,
      }),
    { permission },
  );
}
