/**
 * The policy of a page: nothing from elsewhere, and no script or style sheet without this answer's nonce.
 * Style attributes stay allowed, React writes them for sizes and positions.
 *
 * @param {string} nonce base64
 * @param {boolean} dev React and Next use eval and inline style sheets while developing
 * @param {string} path of the page, without its query
 */
export function contentSecurityPolicy(nonce, dev, path) {
  // The player of recordings draws with WebAssembly, on the page of a connection and nowhere else.
  const player = path.startsWith("/connections/") ? " 'wasm-unsafe-eval'" : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${player}${dev ? " 'unsafe-eval'" : ""}`,
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {{ requestId: string, secure: boolean, policy: string }} facts
 */
export function setResponseHeaders(response, { requestId, secure, policy }) {
  response.setHeader("x-request-id", requestId);
  response.setHeader("content-security-policy", policy);
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  if (secure) response.setHeader("strict-transport-security", "max-age=31536000");
}

/**
 * Pages, and the data that Next sends for them, are one person's: no cache on the way keeps them.
 *
 * @param {import("node:http").ServerResponse} response
 */
export function keepPagesPrivate(response) {
  const writeHead = response.writeHead;
  /** @param {any[]} args */
  response.writeHead = (...args) => {
    const type = String(response.getHeader("content-type") ?? "");
    if (/^text\/(html|x-component)/.test(type)) response.setHeader("cache-control", "private, no-store");
    return Reflect.apply(writeHead, response, args);
  };
}
