"use client";

import Link from "next/link";
import { useCallback } from "react";
import { BadAddress } from "@/components/logs/bad-address.tsx";
import { LogList } from "@/components/logs/log-list.tsx";
import type { FirstPage } from "@/components/logs/use-log-list.ts";
import { Segment, SegmentButton } from "@/components/ui/tabs.tsx";
import type { QueryError } from "@/lib/logs/query.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { CategoryHint } from "./category-hint.tsx";
import { DownloadForm } from "./download-form.tsx";
import { RowExtra } from "./row-states.tsx";
import { TimelineDrawer } from "./timeline-drawer.tsx";
import { useAuditQuery } from "./use-audit-query.ts";
import { WorkflowList } from "./workflow-list.tsx";

type AuditLogViewProps = {
  userId: string;
  /** Of the server's clock, in UTC. */
  today: string;
  /** Whether the person may import files. */
  mayImport: boolean;
  /** The first page of rows, what is wrong with the address, or nothing where workflows are listed. */
  first: FirstPage | { errors: readonly QueryError[] } | undefined;
};

/** The audit log: the download of a category on top, below it the log that can be browsed. */
export function AuditLogView({ userId, today, first, mayImport }: AuditLogViewProps) {
  const { parsed, place, change, go } = useAuditQuery();
  const { grouped, timeline } = place;
  const openTimeline = useCallback((workflowId: string) => go({ timeline: workflowId }), [go]);
  const closeTimeline = useCallback(() => go({ timeline: undefined }, "replace"), [go]);
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 px-3 pt-3 pb-1">
        <h1 className="text-lg font-semibold">Audit Log</h1>
        <nav aria-label="More about the audit log" className="flex gap-4 text-ink-2">
          <Link
            href="/settings/audit-log/reference"
            prefetch={false}
            className="hover:text-ink hover:underline"
          >
            Reference
          </Link>
          {mayImport && (
            <Link
              href="/settings/audit-log/import"
              prefetch={false}
              className="hover:text-ink hover:underline"
            >
              Import
            </Link>
          )}
        </nav>
      </div>
      {parsed.errors ? (
        <BadAddress errors={parsed.errors} />
      ) : (
        <>
          <DownloadForm query={parsed.query} change={change} today={today} />
          <div className="flex items-center gap-3 px-3 pt-2">
            <h2 className="sr-only">Log</h2>
            <Segment label="One entry for each">
              <SegmentButton current={!grouped} onClick={() => go({ grouped: false })}>
                Events
              </SegmentButton>
              <SegmentButton current={grouped} onClick={() => go({ grouped: true })}>
                Workflows
              </SegmentButton>
            </Segment>
          </div>
          <div className="flex min-h-120 flex-1 flex-col">
            {grouped ? (
              <WorkflowList query={parsed.query} change={change} openId={timeline} onOpen={openTimeline} />
            ) : (
              <LogList
                view={auditLog}
                userId={userId}
                query={parsed.query}
                change={change}
                first={first === undefined || "errors" in first ? undefined : first}
                hint={<CategoryHint query={parsed.query} />}
                extra={(row) => <RowExtra row={row} onTimeline={openTimeline} />}
              />
            )}
          </div>
          <TimelineDrawer workflowId={timeline} onClose={closeTimeline} />
        </>
      )}
    </div>
  );
}
