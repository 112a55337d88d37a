import { expect, it } from "vitest";
import type { MapContext } from "@/lib/ingest/define.ts";
import { processorMs } from "@/lib/test-time.ts";
import { postgresJsonlog } from "./postgres-jsonlog.ts";

const context: MapContext = {
  sourceName: "shop-db",
  receivedAt: "2026-11-21T10:00:00.000000Z",
  settings: {},
  mask: () => "[masked]",
};

it("a line made to be slow to read is not", () => {
  const message = `connection authorized: ${" application_name=".repeat(30_000)}\n`;
  const line = {
    timestamp: "2026-11-21 10:00:00.000 UTC",
    session_id: "a.1",
    line_num: 1,
    error_severity: "LOG",
    backend_type: "client backend",
    user: "ann",
    message,
  };
  const started = processorMs();
  for (const record of postgresJsonlog.split(Buffer.from(`${JSON.stringify(line)}\n`), context)) {
    if ("rejected" in record) throw new Error(record.rejected);
    expect(postgresJsonlog.map(record, context)).toMatchObject({ rows: [{ log: "connection-events" }] });
  }
  expect(processorMs() - started).toBeLessThan(10_000);
});
