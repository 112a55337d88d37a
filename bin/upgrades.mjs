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

  /** @this {import("node:http").Server} @param {Request} request @param {Duplex} socket @param {Buffer} head */
  function listener(request, socket, head) {
    const { headers, method = "", url = "/" } = request;
    const [path = "/"] = url.split("?", 1);
    // A client that goes away ends nothing but its connection.
    socket.on("error", () => undefined);
    if (headers.upgrade?.toLowerCase() !== "websocket") {
      askWithoutUpgrade(this, request, socket, head);
      return;
    }
    const handler = upgradeFor(path);
    if (!handler) {
      if (!nextServer?.emit("upgrade", request, socket, head)) refuseUpgrade(socket, "404 Not Found");
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

/**
 * Connections with a request that was read again.
 *
 * @type {WeakSet<Duplex>}
 */
const readAgain = new WeakSet();

/**
 * Reads a request again without its wish for a protocol that we do not speak, which RFC 9110 (7.8) lets a server leave
 * aside: `curl --http2` and Java's client ask for h2c with every first request.
 *
 * @param {import("node:http").Server} server
 * @param {Request} request
 * @param {Duplex} socket
 * @param {Buffer} head
 */
function askWithoutUpgrade(server, { method, url, httpVersion, rawHeaders }, socket, head) {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  // Each time leaves listeners on the connection: who asks again gets an answer and a new connection.
  const isLast = readAgain.has(socket);
  readAgain.add(socket);
  const dropped = isLast ? ["upgrade", "connection"] : ["upgrade"];
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const name = rawHeaders[place] ?? "";
    if (!dropped.includes(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[place + 1]}`);
  }
  if (isLast) lines.push("Connection: close");
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("encrypted" in socket ? "secureConnection" : "connection", socket);
}
