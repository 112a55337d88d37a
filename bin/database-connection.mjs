import pg from "pg";
import { Failure } from "./terminal.mjs";

/**
 * Connects, uses, disconnects.
 *
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} use
 * @returns {Promise<T>}
 * @throws {Failure} one line for whatever keeps us out
 */
export async function withClient(url, use) {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: "daybook-start",
  });
  /** @type {unknown} */
  let lost;
  client.on("error", (error) => {
    lost = error;
  });
  try {
    await client.connect();
  } catch (error) {
    throw connectionFailure(error, url);
  }
  try {
    return await use(client);
  } catch (error) {
    throw connectionFailure(lost ?? error, url);
  } finally {
    await client.end();
  }
}

/**
 * @param {unknown} error
 * @param {string} url
 * @returns {unknown} a Failure where a person can mend it, else the error itself
 */
export function connectionFailure(error, url) {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const { hostname, port, username, pathname } = new URL(url);
  const place = `${hostname || "localhost"}:${port || 5432}`;
  const role = decodeURIComponent(username);
  const [code, message] = codeAndMessage(error);
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET|EPIPE)$/.test(code)) {
    return new Failure(`The database at ${place} is unreachable: ${message}`);
  }
  if (/timeout expired|Connection terminated/.test(message)) {
    return new Failure(`The database at ${place} is unreachable: no answer within 10 s.`);
  }
  if (/does not support SSL|certificate|SSL/i.test(message) && !/^\w{5}$/.test(code)) {
    return new Failure(`The database at ${place} and the URL do not agree on TLS: ${message}`);
  }
  if (code === "28P01" || code === "28000") {
    return new Failure(`The database at ${place} does not let the role "${role}" in: ${message}`);
  }
  if (code === "3D000") {
    return new Failure(
      `There is no database "${decodeURIComponent(pathname.slice(1))}" at ${place}: create it first.`,
    );
  }
  if (code === "53100" || code === "53200")
    return new Failure(`The database at ${place} is out of space: ${message}`);
  if (code === "53300") return new Failure(`The database at ${place} takes no more connections: ${message}`);
  if (code === "57P03" || code === "57P01") {
    return new Failure(`The database at ${place} is unreachable: ${message}`);
  }
  if (code === "42501") return new Failure(`The role "${role}" at ${place} lacks a right: ${message}`);
  return error;
}

/** A host with two addresses fails with one error for each. @param {Error} error @returns {[string, string]} */
function codeAndMessage(error) {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  return ["code" in first ? String(first.code) : "", first.message];
}
