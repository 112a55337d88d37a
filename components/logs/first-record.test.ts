import { describe, expect, it } from "vitest";
import { drafts, type RecordLog } from "@/lib/ingest/rows.ts";
import { type LogSlug, logViews } from "@/lib/logs/views.ts";
import { firstRecord, firstRecordCommand } from "./first-record.ts";

const time = "2026-11-21T08:45:32Z";

describe("the first record of a log", () => {
  it("is one that ingestion takes", () => {
    for (const slug of Object.keys(logViews) as LogSlug[]) {
      const record = firstRecord(slug, time);
      if (record === undefined) continue;
      const { log, ...fields } = JSON.parse(record) as { log: RecordLog };
      expect(drafts[log].safeParse(fields).error?.issues, slug).toBeUndefined();
    }
  });

  it("is there for every log but those that Daybook writes", () => {
    const without = (Object.keys(logViews) as LogSlug[]).filter(
      (slug) => firstRecord(slug, time) === undefined,
    );
    expect(without).toEqual(["user-events", "audit-log"]);
  });

  it("can be pasted into a shell", () => {
    expect(firstRecord("commands", time)).not.toContain("'");
    expect(firstRecordCommand("commands", time, "http://localhost:3000")).toContain(
      "http://localhost:3000/api/v1/ingest/native",
    );
  });
});
