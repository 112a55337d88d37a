/**
 * The handler that lib/http/node-routes.ts registered for the longest path that `pathname` is at or below.
 * Plain JavaScript: the server that asks runs outside of Next's bundle.
 *
 * @param {string} pathname
 * @returns {import("./node-routes.ts").NodeRoute | undefined}
 */
export function nodeRouteFor(pathname) {
  return longest(Reflect.get(globalThis, Symbol.for("daybook.nodeRoutes")) ?? new Map(), pathname);
}

/**
 * The same of lib/http/upgrades.ts.
 *
 * @param {string} pathname
 * @returns {import("./upgrades.ts").UpgradeHandler | undefined}
 */
export function upgradeFor(pathname) {
  return longest(Reflect.get(globalThis, Symbol.for("daybook.upgrades")) ?? new Map(), pathname);
}

/**
 * @template Handler
 * @param {Map<string, Handler>} routes
 * @param {string} pathname
 */
function longest(routes, pathname) {
  // Strangers choose the path and its length: it is compared with the few prefixes, never taken apart.
  let found = "";
  for (const prefix of routes.keys()) {
    const matches = pathname === prefix || pathname.startsWith(`${prefix}/`);
    if (matches && prefix.length > found.length) found = prefix;
  }
  return routes.get(found);
}
