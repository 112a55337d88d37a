import { problemResponse } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { exposition, expositionType } from "@/lib/metrics/exposition.ts";
import { requireMetricsReader } from "@/lib/metrics/server/access.ts";
import { databaseFamilies } from "@/lib/metrics/server/database.ts";
import { ingestionFamilies } from "@/lib/metrics/server/ingestion.ts";
import { liveFamilies } from "@/lib/metrics/server/live.ts";
import { processFamilies } from "@/lib/metrics/server/process.ts";
import { recordingFamilies } from "@/lib/metrics/server/recordings.ts";
import { requestFamilies } from "@/lib/metrics/server/requests.ts";

/** The server's metrics for Prometheus. */
export async function GET(request: Request): Promise<Response> {
  try {
    requireMetricsReader(request.headers);
    const families = [
      ...processFamilies(),
      ...requestFamilies(),
      ...ingestionFamilies(),
      ...liveFamilies(),
      ...recordingFamilies(),
      ...(await databaseFamilies()),
    ];
    return new Response(exposition(families), {
      headers: { "content-type": expositionType, "cache-control": "no-store" },
    });
  } catch (error) {
    return problemResponse(error, requestFacts(request.headers).requestId);
  }
}
