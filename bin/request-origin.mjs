import { randomUUID } from "node:crypto";
import net from "node:net";

/**
 * Whether an address is that of a proxy whose headers may be believed.
 *
 * @param {string[]} ranges TRUSTED_PROXIES: addresses and CIDR ranges, checked by readSettings
 * @returns {(address: string) => boolean}
 */
export function trustedProxies(ranges) {
  const list = new net.BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    const family = net.isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => net.isIP(address) > 0 && list.check(address, net.isIPv6(address) ? "ipv6" : "ipv4");
}

/**
 * The address of the client: the nearest hop that is not a proxy of ours. Each proxy appends the address it
 * was called from, so the list is believed from its right end, and only as far as trusted hops go.
 *
 * @param {string} peer the other end of the connection
 * @param {string | undefined} forwardedFor X-Forwarded-For
 * @param {(address: string) => boolean} isTrusted
 */
export function clientAddress(peer, forwardedFor, isTrusted) {
  const hops = (forwardedFor ?? "").split(",");
  let address = plainAddress(peer) ?? "";
  while (hops.length > 0 && isTrusted(address)) {
    const hop = plainAddress(hops.pop() ?? "");
    if (hop === undefined) break;
    address = hop;
  }
  return address;
}

/**
 * @param {string} text an address, perhaps with a port, in brackets or with a zone
 * @returns {string | undefined} the address alone, IPv4 in its own notation
 */
function plainAddress(text) {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/%.*$/, "")
    .replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, "$1");
  return net.isIP(bare) ? bare.toLowerCase() : undefined;
}

/**
 * @typedef {object} Origin
 * @property {string} requestId
 * @property {string} address
 * @property {boolean} secure whether the client came over TLS, to us or to a proxy of ours
 */

/**
 * Finds out who asks, and takes out of the headers what only we, or a proxy of ours, may say.
 *
 * @param {import("node:http").IncomingHttpHeaders} headers changed in place
 * @param {{ peer: string, encrypted: boolean, publicUrl: string | undefined }} connection
 * @param {(address: string) => boolean} isTrusted
 * @returns {Origin}
 */
export function requestOrigin(headers, { peer, encrypted, publicUrl }, isTrusted) {
  const fromProxy = isTrusted(plainAddress(peer) ?? "");
  const forwardedFor = headers["x-forwarded-for"];
  const address = clientAddress(
    peer,
    Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    isTrusted,
  );
  const givenId = fromProxy ? headers["x-request-id"] : undefined;
  const secure = encrypted || (fromProxy && String(headers["x-forwarded-proto"]).split(",")[0] === "https");
  for (const name of Object.keys(headers)) {
    const forwarded = name.startsWith("x-forwarded-") || name === "forwarded" || name === "x-real-ip";
    if (name.startsWith("x-daybook-") || (forwarded && !fromProxy)) delete headers[name];
  }
  // A proxy that leaves out the name it is reached under is reached under PUBLIC_URL.
  if (fromProxy && publicUrl) {
    const { host, protocol } = new URL(publicUrl);
    headers["x-forwarded-host"] ??= host;
    headers["x-forwarded-proto"] ??= protocol.slice(0, -1);
  }
  const wellFormed = typeof givenId === "string" && /^[\w.:-]{8,64}$/.test(givenId);
  return { requestId: wellFormed ? givenId : randomUUID(), address, secure };
}
