import pino from "pino";

/**
 * @typedef {object} AnsweredRequest
 * @property {string} method
 * @property {string} path without the query, which may hold what people searched for
 * @property {number} status 0 when the client went away before an answer
 * @property {number} milliseconds
 * @property {number} bytes sent, headers included
 * @property {string} requestId
 * @property {string} address
 */

/**
 * @typedef {object} RequestLog
 * @property {(request: AnsweredRequest) => void} answered
 * @property {(error: unknown, requestId: string) => void} failed
 */

/**
 * One line for each request: JSON, or for a person at a terminal. Assets are lines of level debug.
 *
 * @param {{ logLevel: string, logFormat: string }} settings
 * @returns {RequestLog}
 */
export function requestLog({ logLevel, logFormat }) {
  const logger = pino({ level: logLevel, base: null });
  return {
    answered(request) {
      const level = request.path.startsWith("/_next/static/") ? "debug" : "info";
      if (!logger.isLevelEnabled(level)) return;
      if (logFormat === "json") logger[level](request, "request");
      else process.stdout.write(`${humanLine(request, new Date())}\n`);
    },
    failed(error, requestId) {
      logger.error({ err: error, requestId }, "request failed");
    },
  };
}

/**
 * @param {AnsweredRequest} request
 * @param {Date} time
 */
export function humanLine({ method, path, status, milliseconds, bytes, requestId, address }, time) {
  const size = bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
  const clock = time.toTimeString().slice(0, 8);
  return `${clock} ${method} ${path} ${status || "cut off"} ${Math.round(milliseconds)} ms ${size} ${address} ${requestId}`;
}
