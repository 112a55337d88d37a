import "server-only";
import { monitorEventLoopDelay } from "node:perf_hooks";
import packageJson from "@/package.json" with { type: "json" };
import type { Family } from "../exposition.ts";
import { shared } from "./shared.ts";

/** How often the event loop is looked at; part of each delay that Node measures. */
const resolutionMs = 10;
const eventLoop = shared("event loop", () => {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  return delays;
});

function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", samples: [{ labels: {}, value }] };
}

/** The event loop's delays are those since the last call. */
export function processFamilies(): Family[] {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const lag = [50, 99, 100].map((percentile) => ({
    labels: { quantile: String(percentile / 100) },
    value: Math.max(0, eventLoop.percentile(percentile) / 1e9 - resolutionMs / 1e3),
  }));
  eventLoop.reset();
  return [
    {
      name: "daybook_build_info",
      help: "The version that runs; always 1.",
      type: "gauge",
      samples: [{ labels: { version: packageJson.version, node: process.version }, value: 1 }],
    },
    gauge(
      "process_start_time_seconds",
      "When the process began, since 1970.",
      Date.now() / 1000 - process.uptime(),
    ),
    {
      name: "process_cpu_seconds_total",
      help: "Processor time used.",
      type: "counter",
      samples: [{ labels: {}, value: (user + system) / 1e6 }],
    },
    gauge("process_resident_memory_bytes", "Memory that the process holds.", rss),
    gauge("nodejs_heap_used_bytes", "Heap in use.", heapUsed),
    gauge("nodejs_heap_size_bytes", "Heap, used or not.", heapTotal),
    gauge("nodejs_external_memory_bytes", "Memory of buffers outside of the heap.", external),
    {
      name: "daybook_event_loop_delay_seconds",
      help: "How late the event loop was, since the last time this was read.",
      type: "gauge",
      samples: lag,
    },
  ];
}
