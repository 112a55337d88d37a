import { randomBytes } from "node:crypto";
import http from "node:http";
import https from "node:https";
import next from "next";
import { nodeRouteFor } from "../lib/http/node-route-for.mjs";
import { countRequest } from "../lib/metrics/request-counts.mjs";
import { listen } from "./listen.mjs";
import { requestLog } from "./request-log.mjs";
import { requestOrigin, trustedProxies } from "./request-origin.mjs";
import { contentSecurityPolicy, keepPagesPrivate, setResponseHeaders } from "./response-headers.mjs";
import { upgrades } from "./upgrades.mjs";
import { withoutSecrets } from "./without-secrets.mjs";

/** How long answers that are under way may take once we are asked to stop. */
const graceMilliseconds = 5000;

const limits = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 30_000,
  // The whole of a request: an audit log that is imported is taken no faster than its rows are stored, some
  // thousands a second, and may have two million.
  requestTimeout: 1_800_000,
  // Longer than proxies keep theirs, so that they and not we close a connection first.
  keepAliveTimeout: 65_000,
};

/**
 * @typedef {import("node:http").IncomingMessage} Request
 * @typedef {import("node:http").ServerResponse} Response
 */

/**
 * Serves the application until the returned function is called.
 *
 * @param {import("./settings.mjs").Settings & { dev: boolean, root: string }} settings
 * @returns {Promise<() => Promise<void>>} stops accepting, ends live streams, waits a moment for the rest
 */
export async function serve(settings) {
  const { dev, root, tls, host, port } = settings;
  const server = tls
    ? // A client may prove itself with a certificate; whether it has to is the route's to say.
      https.createServer({ ...limits, ...tls, requestCert: true, rejectUnauthorized: false })
    : http.createServer(limits);
  // Next listens for upgrades at the server it is given; bin/upgrades.mjs tells this one of those that are Next's.
  const nextServer = http.createServer();
  const app = next({ dev, dir: root, hostname: host, port, httpServer: nextServer });
  await prepare(app);
  const patience = halfClosing(server, tls ? "secureConnection" : "connection");
  const stopping = new AbortController();
  /** @type {Set<Response>} */
  const open = new Set();
  const shared = {
    log: requestLog(settings),
    isTrusted: trustedProxies(settings.trustedProxies),
    publicUrl: settings.hasPublicUrl ? settings.publicUrl : undefined,
    stopping: stopping.signal,
  };
  server.on("request", requestListener({ dev, ...shared }, app.getRequestHandler(), open, patience));
  const upgraded = upgrades(shared, dev ? nextServer : undefined);
  server.on("upgrade", upgraded.listener);
  server.on("clientError", answerClientError);
  await listen(server, { host, port });
  return async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    stopping.abort();
    for (const response of open) if (isEventStream(response)) response.end();
    server.closeIdleConnections();
    const grace = setTimeout(() => {
      server.closeAllConnections();
      upgraded.cut();
    }, graceMilliseconds);
    await closed;
    clearTimeout(grace);
    await runEndings();
    await app.close();
  };
}

/**
 * In production Next runs instrumentation.ts beside the first requests, and serves on when that failed. Ours
 * registers routes and closes what an earlier run left open: nobody is served before it is done.
 *
 * @param {ReturnType<typeof next>} app
 */
async function prepare(app) {
  await app.prepare();
  const wrapper = Reflect.get(app, "server");
  await (await wrapper.getServer()).prepare();
}

/**
 * A client may end its side behind its request, as `nc -N` does, and still wait for the answer. Node's server
 * ends the connection there and then, unless it is told to let the routes decide: most do the same, since nobody
 * is there any more for a live stream or a long search; ingestion answers.
 *
 * @param {http.Server | https.Server} server
 * @param {"connection" | "secureConnection"} opened
 * @returns {WeakSet<import("node:net").Socket>} where the answer is still sent
 */
function halfClosing(server, opened) {
  Reflect.set(server, "httpAllowHalfOpen", true);
  /** @type {WeakSet<import("node:net").Socket>} */
  const patient = new WeakSet();
  server.on(opened, (socket) => {
    // As plain ones are from the beginning. Before its handshake a connection that ends is to be closed.
    socket.allowHalfOpen = true;
    socket.on("end", () => {
      if (!patient.has(socket)) socket.end();
    });
  });
  return patient;
}

/** What the application registered with lib/http/shutdown.ts; a failure is reported and holds nobody up. */
async function runEndings() {
  /** @type {Map<string, () => Promise<void>>} */
  const endings = Reflect.get(globalThis, Symbol.for("daybook.endings")) ?? new Map();
  for (const [name, ending] of endings) {
    await ending().catch((error) => process.stderr.write(`At the end, ${name}: ${error}\n`));
  }
}

/**
 * @param {{ dev: boolean, log: import("./request-log.mjs").RequestLog, isTrusted: (address: string) => boolean, publicUrl: string | undefined, stopping: AbortSignal }} shared
 * @param {(request: Request, response: Response) => Promise<void>} nextHandler
 * @param {Set<Response>} open
 * @param {WeakSet<import("node:net").Socket>} patient
 */
function requestListener({ dev, log, isTrusted, publicUrl, stopping }, nextHandler, open, patient) {
  /** @param {Request} request @param {Response} response */
  return async (request, response) => {
    const { socket, headers, method = "", url = "/" } = request;
    const encrypted = "encrypted" in socket && socket.encrypted === true;
    const peer = socket.remoteAddress ?? "";
    const origin = requestOrigin(headers, { peer, encrypted, publicUrl }, isTrusted);
    const { requestId, address } = origin;
    const [path = "/"] = url.split("?", 1);
    open.add(response);
    const named = withoutSecrets(path);
    watch(request, response, { method, path: named, requestId, address }, log, () => open.delete(response));

    const nonce = randomBytes(18).toString("base64");
    const policy = contentSecurityPolicy(nonce, dev, path);
    setResponseHeaders(response, { ...origin, policy });
    keepPagesPrivate(response);
    headers["x-daybook-request-id"] = requestId;
    headers["x-daybook-address"] = address;
    headers["x-daybook-path"] = url;
    const pass = () => {
      // Next takes the nonce for its own scripts from the policy in the request's headers.
      headers["content-security-policy"] = policy;
      headers["x-nonce"] = nonce;
      return nextHandler(request, response);
    };
    try {
      const route = nodeRouteFor(path);
      const outliveRequest = () => {
        patient.add(socket);
        response.once("close", () => patient.delete(socket));
      };
      if (route) await route(request, response, { requestId, address, stopping, pass, outliveRequest });
      else await pass();
    } catch (error) {
      log.failed(error, requestId);
      answerFailure(response, requestId);
    }
  };
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {{ method: string, path: string, requestId: string, address: string }} facts
 * @param {import("./request-log.mjs").RequestLog} log
 * @param {() => void} done
 */
function watch({ socket }, response, facts, log, done) {
  const started = performance.now();
  const sentBefore = socket.bytesWritten;
  response.once("close", () => {
    done();
    const status = response.headersSent ? response.statusCode : 0;
    const bytes = socket.bytesWritten - sentBefore;
    const answered = {
      ...facts,
      status,
      milliseconds: Math.round((performance.now() - started) * 10) / 10,
      bytes,
    };
    log.answered(answered);
    countRequest(answered);
  });
}

/** @param {Response} response */
function isEventStream(response) {
  return String(response.getHeader("content-type") ?? "").startsWith("text/event-stream");
}

/** @param {Response} response @param {string} requestId */
function answerFailure(response, requestId) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const detail = "Daybook could not answer this request; its log says why.";
  response.writeHead(500, { "content-type": "application/problem+json" });
  response.end(
    JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500, detail, requestId }),
  );
}

/** What is no HTTP, or too much of it. @param {NodeJS.ErrnoException} error @param {import("node:stream").Duplex} socket */
function answerClientError(error, socket) {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const line =
    {
      HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
      ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
    }[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
