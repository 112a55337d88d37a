import { log } from "@/lib/log.ts";

/**
 * What a page throws for an error that somebody reads of: Next tells the browser nothing but an error's
 * `digest`, which is the id of the request here, the same as in the server's log. Next's own errors
 * (redirects, "not found") have theirs and stay as they are; any other is logged in full.
 */
export function pageFault(error: unknown, requestId: string): unknown {
  if (error instanceof Error && "digest" in error) return error;
  log().error({ err: error, requestId }, "page failed");
  const text = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(text, { cause: error }), { digest: requestId });
}
