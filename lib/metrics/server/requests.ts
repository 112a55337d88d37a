import "server-only";
import type { Family } from "../exposition.ts";
import { Counter, Histogram } from "../meters.ts";
import { shared } from "./shared.ts";

/** A request as the server reports it when its answer has ended; status 0 when there was none. */
export type AnsweredRequest = { method: string; path: string; status: number; milliseconds: number };

const requests = shared(
  "requests",
  () =>
    new Counter("daybook_http_requests_total", "Requests that ended, by class of route, method and status."),
);
const durations = shared(
  "durations",
  () =>
    new Histogram(
      "daybook_http_request_duration_seconds",
      "Time from a request to the end of its answer, by class of route.",
      [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    ),
);

/** Where the server looks for whom to tell of each answered request. */
const observerKey: unique symbol = Symbol.for("daybook.requestAnswered");
const observer = globalThis as { [observerKey]?: (request: AnsweredRequest) => void };

/** Has the server count its requests from now on. Called once, before it serves. */
export function observeRequests(): void {
  observer[observerKey] = countRequest;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function countRequest({ method, path, status, milliseconds }: AnsweredRequest): void {
  const route = routeClass(path);
  // A client may call its method and its status what it likes; the labels stay few.
  const labels = { route, method: methods.has(method) ? method : "other", status: statusLabel(status) };
  requests.add(labels);
  durations.observe({ route }, milliseconds / 1000);
}

function statusLabel(status: number): string {
  return status === 0 ? "none" : String(status);
}

const classes: readonly [RegExp, string][] = [
  [/^\/_next\/|\.(?:css|js|ico|png|svg|woff2|txt)$/, "asset"],
  [/^\/(?:api\/(?:health|ready)|metrics)$/, "probe"],
  [/^\/api\/v1\/ingest(?:\/|$)/, "ingest"],
  [/^\/api\/v1\/logs\/[^/]+\/live$/, "live"],
  [/^\/api\/v1\/logs\/[^/]+\/export$/, "export"],
  [/^\/api\/v1\/logs\//, "logs"],
  [/^\/api\/auth\//, "auth"],
  [/^\/api\//, "api"],
];

/** The class of a path: few, whatever strangers ask for. */
export function routeClass(path: string): string {
  return classes.find(([pattern]) => pattern.test(path))?.[1] ?? "page";
}

export function requestFamilies(): Family[] {
  return [requests.family(), durations.family()];
}
