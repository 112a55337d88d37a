import { badRequest } from "@/lib/http/problem.ts";
import { maxValueLength } from "@/lib/logs/query.ts";
import { noStore, requireLog } from "@/lib/logs/server/request.ts";
import { listValues } from "@/lib/logs/server/values.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Values of a filter for type-ahead, with counts. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ log: string }> },
): Promise<Response> {
  const { log } = await params;
  return asApi(request, "logs.values", async (principal) => {
    const { slug, scope } = requireLog(principal, log);
    const search = new URL(request.url).searchParams;
    for (const name of new Set(search.keys())) {
      const reason =
        name !== "filter" && name !== "match"
          ? "is no parameter of type-ahead"
          : search.getAll(name).length > 1 && "may be given once";
      if (reason) throw badRequest([{ parameter: name, reason }]);
    }
    const match = search.get("match") ?? "";
    if (match.length > maxValueLength || match.includes("\0")) {
      throw badRequest([
        { parameter: "match", reason: `must be at most ${maxValueLength} characters, without NUL` },
      ]);
    }
    const values = await listValues(slug, scope, search.get("filter") ?? "", match);
    if (!values) throw badRequest([{ parameter: "filter", reason: "is not a filter that offers values" }]);
    return Response.json({ values }, { headers: noStore });
  });
}
