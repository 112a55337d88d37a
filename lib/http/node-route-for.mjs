/**
 * The handler that lib/http/node-routes.ts registered for the longest path that `pathname` is at or below.
 * Plain JavaScript: the server that asks runs outside of Next's bundle.
 *
 * @param {string} pathname
 * @returns {import("./node-routes.ts").NodeRoute | undefined}
 */
export function nodeRouteFor(pathname) {
  /** @type {Map<string, import("./node-routes.ts").NodeRoute> | undefined} */
  const routes = Reflect.get(globalThis, Symbol.for("daybook.nodeRoutes")) ?? new Map();
  // Strangers choose the path and its length: it is compared with the few prefixes, never taken apart.
  let longest = "";
  for (const prefix of routes.keys()) {
    const matches = pathname === prefix || pathname.startsWith(`${prefix}/`);
    if (matches && prefix.length > longest.length) longest = prefix;
  }
  return routes.get(longest);
}
