import "server-only";
import { registerNodeRoute } from "@/lib/http/node-routes.ts";
import { handleIngest, ingestPath } from "@/lib/ingest/server/http.ts";
import { handleKills, killsPath } from "@/lib/kills/server/http.ts";
import { connectionsPath, handleConnections, isOfSource } from "@/lib/recordings/server/open-connection.ts";
import { handleStreams, streamPaths } from "@/lib/recordings/server/stream-http.ts";
import { handleUpload, isUpload, uploadPaths } from "@/lib/recordings/server/upload.ts";
import { answerApi, apiPath } from "@/lib/user-events/server/refuse-api.ts";

/** Takes onto the bare server what does not go through Next: ingestion, what sources ask, and refusals of the API. */
export function registerBareRoutes(): void {
  registerNodeRoute(ingestPath, handleIngest);
  registerNodeRoute(apiPath, answerApi);
  registerNodeRoute(killsPath, handleKills);
  registerNodeRoute(connectionsPath, (request, response, context) =>
    isOfSource(request)
      ? handleConnections(request, response, context)
      : answerApi(request, response, context),
  );
  for (const path of uploadPaths) {
    registerNodeRoute(path, (request, response, context) =>
      isUpload(request) ? handleUpload(request, response, context) : answerApi(request, response, context),
    );
  }
  for (const path of streamPaths) registerNodeRoute(path, handleStreams);
}
