import type { IncomingMessage, ServerResponse } from "node:http";

/** What the server knows about a request, whatever the client claims in its headers. */
export interface NodeRequestContext {
  /** The same id as in the response's `x-request-id` and in the request's `x-daybook-request-id`. */
  requestId: string;
  /** The client's address, as in `x-daybook-address`: IPv4 or IPv6, without a port. */
  address: string;
  /** Aborted when the server is asked to stop: end long answers then, five seconds later they are cut. */
  stopping: AbortSignal;
  /** Hands the request on to Next, as if no route were registered for it; nothing of it may have been read. */
  pass: () => Promise<void>;
  /** Has the answer sent even when the client ends its side of the connection behind the request. */
  outliveRequest: () => void;
}

/**
 * Answers a request without Next in between: bodies as they come off the socket, and back-pressure. What it
 * throws is logged and answered with a plain 500, or breaks off the answer when that has begun.
 */
export type NodeRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  context: NodeRequestContext,
) => void | Promise<void>;

// Next's bundle and the server that bin/serve.mjs runs are two module graphs; they share only globalThis.
const registry: unique symbol = Symbol.for("daybook.nodeRoutes");
const shared = globalThis as { [registry]?: Map<string, NodeRoute> };

/**
 * Hands every request at or below a path to `handler`. The longest registered path wins; a second
 * registration of the same path replaces the first, as a reload in development does.
 *
 * @param prefix as in "/api/v1/ingest": it takes "/api/v1/ingest" and "/api/v1/ingest/native", not "/api/v1/ingests"
 */
export function registerNodeRoute(prefix: string, handler: NodeRoute): void {
  if (!/^(\/[^/?#]+)+$/.test(prefix)) throw new Error(`Not a path to register a route for: "${prefix}".`);
  shared[registry] ??= new Map();
  shared[registry].set(prefix, handler);
}
