import "server-only";
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import type { Duplex } from "node:stream";
import ipaddr from "ipaddr.js";
import { env } from "@/lib/env.ts";

/** An answer of a provider has at most so many bytes, and all of it is there after so long. */
const maxDocument = 1024 * 1024;
/** What a connection brings at most, headers included. */
const maxBytes = maxDocument + 64 * 1024;
const timeoutMs = 10_000;

/** Requests to a provider, whose address the operator typed, and to what else its discovery document names. */
export type Transport = {
  issuerHost: string;
  agents: { "http:": http.Agent; "https:": https.Agent };
  timeoutMs: number;
};

/**
 * Connections that reach the issuer's host wherever it is, and any other host only at a public address; nothing
 * at an address that is link-local, where clouds keep their secrets. Redirects are nobody's to follow.
 */
export function transportTo(issuer: URL): Transport {
  const issuerHost = hostOf(issuer);
  return {
    issuerHost,
    agents: { "http:": new PlainAgent(issuerHost), "https:": new SecureAgent(issuerHost) },
    timeoutMs,
  };
}

/** Why nothing may be asked of this address; undefined when it may. */
export function addressFault(url: URL, issuerHost: string): string | undefined {
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (url.hash !== "") return "must not hold a fragment";
  const host = hostOf(url);
  if (url.protocol === "http:") {
    if (!env().SSO_LOOPBACK_HTTP || !isLoopback(host)) return "must begin with https://";
  } else if (url.protocol !== "https:") return "must begin with https://";
  return net.isIP(host) === 0 || isAllowed(host, host, issuerHost)
    ? undefined
    : "is not at a public address, and its host is not the issuer's";
}

/**
 * Gets a JSON document.
 * @throws Error whose text tells a person why it could not be had
 */
export async function getJson(url: URL, { agents }: Transport): Promise<unknown> {
  const { protocol } = url;
  if (protocol !== "http:" && protocol !== "https:") throw new Error("is no web address");
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const get = protocol === "https:" ? https.get : http.get;
    get(url, { agent: agents[protocol], headers: { accept: "application/json" } }, resolve).on(
      "error",
      reject,
    );
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > maxDocument) throw new Error(`it answers with more than ${maxDocument} bytes`);
  }
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) throw new Error("it answers with a redirect, which is not followed");
  if (status !== 200) throw new Error(`it answers with status ${status}`);
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Error("the answer is not JSON");
  }
}

/** The host without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || (net.isIP(host) !== 0 && ipaddr.process(host).range() === "loopback");
}

function isAllowed(address: string, host: string, issuerHost: string): boolean {
  const range = ipaddr.process(address).range();
  if (range === "unicast") return true;
  return host === issuerHost && ["private", "loopback", "uniqueLocal", "carrierGradeNat"].includes(range);
}

/** Looks a name up and takes what may be connected to; the check is on the address that is then used. */
function lookupFor(issuerHost: string): net.LookupFunction {
  return (host, options, callback) => {
    dns.lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const allowed = found.filter(({ address }) => isAllowed(address, host, issuerHost));
      const [first] = allowed;
      if (!first) {
        const refused = new Error(`${host} is not at a public address, and is not the issuer's host`);
        return callback(refused, []);
      }
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** Ends a connection that brings too much, or takes too long. */
function limited<S extends Duplex>(socket: S | null | undefined): S {
  if (!socket) throw new Error("There is no connection to limit");
  let bytes = 0;
  const timer = setTimeout(
    () => socket.destroy(new Error(`it did not answer within ${timeoutMs / 1000} seconds`)),
    timeoutMs,
  );
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) socket.destroy(new Error(`it answered with more than ${maxBytes} bytes`));
  });
  socket.once("close", () => clearTimeout(timer));
  return socket;
}

class PlainAgent extends http.Agent {
  readonly #lookup: net.LookupFunction;
  constructor(issuerHost: string) {
    super({ keepAlive: false });
    this.#lookup = lookupFor(issuerHost);
  }
  override createConnection(...[options, callback]: Parameters<http.Agent["createConnection"]>) {
    return limited(super.createConnection({ ...options, lookup: this.#lookup }, callback));
  }
}

class SecureAgent extends https.Agent {
  readonly #lookup: net.LookupFunction;
  constructor(issuerHost: string) {
    super({ keepAlive: false, maxCachedSessions: 0 });
    this.#lookup = lookupFor(issuerHost);
  }
  override createConnection(...[options, callback]: Parameters<https.Agent["createConnection"]>) {
    return limited(super.createConnection({ ...options, lookup: this.#lookup }, callback));
  }
}
