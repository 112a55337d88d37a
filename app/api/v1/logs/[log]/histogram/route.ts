import { badRequest } from "@/lib/http/problem.ts";
import { getHistogram } from "@/lib/logs/server/histogram.ts";
import { noStore, readLogRequest } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Rows per bucket of time and value of the log's series. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ log: string }> },
): Promise<Response> {
  const { log } = await params;
  return asApi(request, "logs.histogram", async (principal) => {
    const { slug, scope, query, own } = readLogRequest(request, principal, log, ["width", "fit"]);
    const width = own.get("width");
    if (width !== null && !/^[1-9]\d{2,11}$/.test(width)) {
      throw badRequest([
        { parameter: "width", reason: "must be milliseconds, as widthMs of an earlier answer" },
      ]);
    }
    const fit = own.get("fit");
    if (fit !== null && fit !== "oldest") throw badRequest([{ parameter: "fit", reason: "must be oldest" }]);
    const histogram = await getHistogram(slug, scope, query, {
      widthMs: width === null ? undefined : Number(width),
      fit: fit !== null,
    });
    return Response.json(histogram, { headers: noStore });
  });
}
