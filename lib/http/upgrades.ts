import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** What the server knows of a request to change the protocol. */
export interface UpgradeContext {
  /** The client's address: IPv4 or IPv6, without a port. */
  address: string;
  /** Aborted when the server is asked to stop: close then; five seconds later the connection is cut. */
  stopping: AbortSignal;
}

/** Takes a connection over, or answers and ends it. What it throws is logged and ends the connection. */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  context: UpgradeContext,
) => void;

// As lib/http/node-routes.ts: Next's bundle and the server share only globalThis.
const registry: unique symbol = Symbol.for("daybook.upgrades");
const shared = globalThis as { [registry]?: Map<string, UpgradeHandler> };

/**
 * Hands requests to upgrade a connection at or below a path to `handler`; all others are Next's. A second
 * registration of the same path replaces the first, as a reload in development does.
 */
export function registerUpgrade(prefix: string, handler: UpgradeHandler): void {
  if (!/^(\/[^/?#]+)+$/.test(prefix)) throw new Error(`Not a path to register an upgrade for: "${prefix}".`);
  shared[registry] ??= new Map();
  shared[registry].set(prefix, handler);
}
