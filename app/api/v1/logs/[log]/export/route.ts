import { badRequest } from "@/lib/http/problem.ts";
import { exportLog } from "@/lib/logs/server/export-log.ts";
import { exportFormats } from "@/lib/logs/server/export-sql.ts";
import { readLogRequest } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Everything that the query matches, as one download. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ log: string }> },
): Promise<Response> {
  const { log } = await params;
  return asApi(
    request,
    "logs.export",
    async (principal) => {
      const { slug, scope, query, own } = readLogRequest(request, principal, log, ["format", "exportId"]);
      const format = exportFormats.find((name) => name === (own.get("format") ?? "csv"));
      if (!format)
        throw badRequest([{ parameter: "format", reason: `must be one of ${exportFormats.join(", ")}` }]);
      const id = own.get("exportId") ?? undefined;
      if (id !== undefined && !UUID.test(id))
        throw badRequest([{ parameter: "exportId", reason: "must be a UUID" }]);
      return exportLog(principal, { slug, scope, query, format }, id);
    },
    { permission: "exports:create" },
  );
}
