/**
 * Requests, counted where they are answered. Plain JavaScript, for bin/serve.mjs runs uncompiled; kept on
 * globalThis, for it and the application's bundles share nothing else.
 *
 * @typedef {object} AnsweredRequest
 * @property {string} method
 * @property {string} path without the query
 * @property {number} status 0 when there was no answer
 * @property {number} milliseconds from the request to the end of its answer
 *
 * @typedef {object} Durations
 * @property {number[]} buckets requests that took no longer than the bound of the same place, but longer than the one before
 * @property {number} sum seconds
 * @property {number} count
 *
 * @typedef {object} RequestCounts
 * @property {Map<string, { labels: { route: string, method: string, status: string }, value: number }>} requests
 * @property {Map<string, Durations>} durations by class of route
 */

/** Upper bounds of the buckets in seconds. */
export const durationBounds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const key = Symbol.for("daybook.requestCounts");

/** @returns {RequestCounts} */
export function requestCounts() {
  /** @type {RequestCounts | undefined} */
  const known = Reflect.get(globalThis, key);
  if (known) return known;
  /** @type {RequestCounts} */
  const counts = { requests: new Map(), durations: new Map() };
  Reflect.set(globalThis, key, counts);
  return counts;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** @param {AnsweredRequest} request */
export function countRequest({ method, path, status, milliseconds }) {
  const { requests, durations } = requestCounts();
  // A stranger may call a method and a path what they like; the labels stay few.
  const labels = {
    route: routeClass(path),
    method: methods.has(method) ? method : "other",
    status: status === 0 ? "none" : String(status),
  };
  const name = Object.values(labels).join(" ");
  requests.set(name, { labels, value: (requests.get(name)?.value ?? 0) + 1 });

  const seconds = milliseconds / 1000;
  const known = durations.get(labels.route) ?? { buckets: durationBounds.map(() => 0), sum: 0, count: 0 };
  durations.set(labels.route, known);
  const place = durationBounds.findIndex((bound) => seconds <= bound);
  if (place >= 0) known.buckets[place] = (known.buckets[place] ?? 0) + 1;
  known.sum += seconds;
  known.count += 1;
}

/** @type {readonly [RegExp, string][]} */
const classes = [
  [/^\/_next\/|\.(?:css|js|ico|png|svg|woff2|txt)$/, "asset"],
  [/^\/(?:api\/(?:health|ready)|metrics)$/, "probe"],
  [/^\/api\/v1\/ingest(?:\/|$)/, "ingest"],
  [/^\/api\/v1\/logs\/[^/]+\/live$/, "live"],
  [/^\/api\/v1\/logs\/[^/]+\/export$/, "export"],
  [/^\/api\/v1\/logs\//, "logs"],
  [/^\/api\/auth\//, "auth"],
  [/^\/api\//, "api"],
];

/** The class of a path: few, whatever is asked for. @param {string} path */
export function routeClass(path) {
  return classes.find(([pattern]) => pattern.test(path))?.[1] ?? "page";
}
