import { servePairing } from "@/lib/deployment-tokens/server/pair-http.ts";

/** Makes the host that holds a deployment token a source. The source's token is in this answer and nowhere else. */
export function POST(request: Request): Promise<Response> {
  return servePairing(request);
}
