import { badRequest, notFound } from "@/lib/http/problem.ts";
import { parseCursor } from "@/lib/logs/query.ts";
import { noStore, requireLog } from "@/lib/logs/server/request.ts";
import { getLogRow } from "@/lib/logs/server/row.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** One row with the record as it was received. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ log: string; key: string }> },
): Promise<Response> {
  const { log, key } = await params;
  return asApi(request, "logs.read", async (principal) => {
    const { slug, scope } = requireLog(principal, log);
    const cursor = parseCursor(key);
    if (!cursor) throw badRequest([{ parameter: "key", reason: "is not the key of a row" }]);
    const row = await getLogRow(slug, scope, cursor);
    if (!row) throw notFound("There is no such row.");
    return Response.json(row, { headers: noStore });
  });
}
