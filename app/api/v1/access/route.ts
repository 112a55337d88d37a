import { accessCsv } from "@/lib/access/server/csv.ts";
import { listAccess } from "@/lib/access/server/list-access.ts";
import { parseAccessQuery } from "@/lib/access/server/query.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Who may do and see what: a page by address, or everybody who is asked for as `?format=csv`. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "access.read",
    async (principal) => {
      const params = new URL(request.url).searchParams;
      const parsed = parseAccessQuery(params, ["format"]);
      const format = params.get("format") ?? "json";
      if (format !== "json" && format !== "csv")
        throw badRequest([{ parameter: "format", reason: "must be one of json, csv" }]);
      if (parsed.errors) throw badRequest(parsed.errors);
      if (format === "json")
        return Response.json(await listAccess(principal.organizationId, parsed.query), { headers: noStore });
      params.delete("format");
      const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "");
      return new Response(await accessCsv(principal, parsed.query, params.toString()), {
        headers: {
          "content-type": "text/csv; charset=utf-8; header=present",
          "content-disposition": `attachment; filename="access-${stamp}Z.csv"`,
          ...noStore,
        },
      });
    },
    { permission: "access:read" },
  );
}
