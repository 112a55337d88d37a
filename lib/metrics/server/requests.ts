import "server-only";
import type { Family, Sample } from "../exposition.ts";
import { durationBounds, requestCounts } from "../request-counts.mjs";

/** What bin/serve.mjs has counted. */
export function requestFamilies(): Family[] {
  const { requests, durations } = requestCounts();
  return [
    {
      name: "daybook_http_requests_total",
      help: "Requests that ended, by class of route, method and status.",
      type: "counter",
      samples: [...requests.values()],
    },
    {
      name: "daybook_http_request_duration_seconds",
      help: "Time from a request to the end of its answer, by class of route.",
      type: "histogram",
      samples: [...durations].flatMap(([route, { buckets, sum, count }]) => [
        ...cumulated(buckets).map(
          (value, place): Sample => ({
            suffix: "_bucket",
            labels: { route, le: String(durationBounds[place]) },
            value,
          }),
        ),
        { suffix: "_bucket", labels: { route, le: "+Inf" }, value: count },
        { suffix: "_sum", labels: { route }, value: sum },
        { suffix: "_count", labels: { route }, value: count },
      ]),
    },
  ];
}

function cumulated(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}
