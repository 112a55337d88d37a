/**
 * The handler that lib/http/node-routes.ts registered for the longest path that `pathname` is at or below.
 * Plain JavaScript: the server that asks runs outside of Next's bundle.
 *
 * @param {string} pathname
 * @returns {import("./node-routes.ts").NodeRoute | undefined}
 */
export function nodeRouteFor(pathname) {
  /** @type {Map<string, import("./node-routes.ts").NodeRoute> | undefined} */
  const routes = Reflect.get(globalThis, Symbol.for("daybook.nodeRoutes"));
  for (let path = pathname; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const route = routes?.get(path);
    if (route) return route;
  }
  return undefined;
}
