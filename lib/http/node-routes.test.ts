import { expect, test } from "vitest";
import { nodeRouteFor } from "@/lib/http/node-route-for.mjs";
import { registerNodeRoute } from "@/lib/http/node-routes.ts";
import { processorMs } from "@/lib/test-time.ts";

test("the longest registered path takes what is at or below it", () => {
  const ingest = () => {};
  const upload = () => {};
  registerNodeRoute("/api/v1/ingest", ingest);
  registerNodeRoute("/api/v1/ingest/upload", upload);
  expect(nodeRouteFor("/api/v1/ingest")).toBe(ingest);
  expect(nodeRouteFor("/api/v1/ingest/native")).toBe(ingest);
  expect(nodeRouteFor("/api/v1/ingest/upload/3")).toBe(upload);
  expect(nodeRouteFor("/api/v1/ingests")).toBeUndefined();
  expect(nodeRouteFor("/")).toBeUndefined();
  expect(nodeRouteFor("*")).toBeUndefined();
});

test("a path of any length and form takes no time", () => {
  registerNodeRoute("/api/v1/ingest", () => {});
  const started = processorMs();
  for (const path of ["/".repeat(32_000), "*".repeat(32_000), "a/".repeat(16_000)]) {
    expect(nodeRouteFor(path)).toBeUndefined();
  }
  expect(processorMs() - started).toBeLessThan(2000);
});

test.each(["", "/", "api", "/api/", "/api//x", "/api?x"])("%j is no path to register", (path) => {
  expect(() => registerNodeRoute(path, () => {})).toThrow("Not a path");
});
