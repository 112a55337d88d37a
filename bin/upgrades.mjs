import { upgradeFor } from "../lib/http/node-route-for.mjs";
import { refuseUpgrade } from "../lib/http/refuse-upgrade.mjs";
import { requestOrigin } from "./request-origin.mjs";
import { withoutSecrets } from "./without-secrets.mjs";

/**
 * @typedef {import("node:http").IncomingMessage} Request
 * @typedef {import("node:stream").Duplex} Duplex
 */

/**
 * Requests to change the protocol of a connection: paths that lib/http/upgrades.ts registered are ours, all others
 * are Next's, whose development server tells pages over one what has changed.
 *
 * @param {{ publicUrl: string | undefined, isTrusted: (address: string) => boolean, stopping: AbortSignal, log: import("./request-log.mjs").RequestLog }} options
 * @param {import("node:events").EventEmitter | undefined} nextServer is told of those that are Next's, once it listens for any
 */
export function upgrades({ publicUrl, isTrusted, stopping, log }, nextServer) {
  /** @type {Set<Duplex>} */
  const open = new Set();

  /** @param {Request} request @param {Duplex} socket @param {Buffer} head */
  function listener(request, socket, head) {
    const { headers, method = "", url = "/" } = request;
    const [path = "/"] = url.split("?", 1);
    // A client that goes away ends nothing but its connection.
    socket.on("error", () => undefined);
    const handler = headers.upgrade?.toLowerCase() === "websocket" ? upgradeFor(path) : undefined;
    if (!handler) {
      if (headers.upgrade?.toLowerCase() !== "websocket") refuseUpgrade(socket, "400 Bad Request");
      else if (!nextServer?.emit("upgrade", request, socket, head)) refuseUpgrade(socket, "404 Not Found");
      return;
    }
    const started = performance.now();
    const { requestId, address } = originOf(request);
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      const milliseconds = Math.round(performance.now() - started);
      const bytes = request.socket.bytesWritten;
      const named = withoutSecrets(path);
      log.answered({ method, path: named, status: 101, milliseconds, bytes, requestId, address });
    });
    try {
      handler(request, socket, head, { address, stopping });
    } catch (error) {
      log.failed(error, requestId);
      socket.destroy();
    }
  }

  /** @param {Request} request */
  function originOf({ headers, socket }) {
    const encrypted = "encrypted" in socket && socket.encrypted === true;
    return requestOrigin(headers, { peer: socket.remoteAddress ?? "", encrypted, publicUrl }, isTrusted);
  }

  return {
    listener,
    /** Cuts those of ours that are still open. */
    cut() {
      for (const socket of open) socket.destroy();
    },
  };
}
