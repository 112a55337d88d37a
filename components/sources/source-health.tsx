import type { ReactNode } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { Moment } from "./moment.tsx";
import { formatRate } from "./source-table.tsx";

/** How a source fares, in figures. */
export function SourceHealth({ source }: { source: SourceHealthLine }) {
  const { lastReceivedAt, lastRecordTime, perMinute, accepted, duplicates, quarantined, skipped } = source;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 border-y border-line py-3 sm:grid-cols-4 xl:grid-cols-[12rem_12rem_repeat(5,1fr)]">
      <Figure title="Last received" wide>
        <Moment time={lastReceivedAt} otherwise="never" withZone />
      </Figure>
      <Figure title="Last record’s own time" wide>
        <Moment time={lastRecordTime} otherwise="none" withZone />
      </Figure>
      <Figure title="Per minute">{formatRate(perMinute)}</Figure>
      <Figure title="Accepted">{formatCount(accepted)}</Figure>
      <Figure title="Duplicates">{formatCount(duplicates)}</Figure>
      <Figure title="In quarantine">
        {quarantined === 0 ? (
          formatCount(quarantined)
        ) : (
          <a href="#quarantine" className="font-medium text-warning underline">
            {formatCount(quarantined)}
          </a>
        )}
      </Figure>
      <Figure title="Skipped">{formatCount(skipped)}</Figure>
    </dl>
  );
}

function Figure({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? "col-span-2 xl:col-span-1" : undefined}>
      <dt className="text-xs text-ink-2">{title}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  );
}
