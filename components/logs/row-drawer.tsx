"use client";

import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Drawer } from "@/components/ui/drawer.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import { instantOf } from "@/lib/logs/time.ts";
import { ErrorNotice } from "./error-notice.tsx";
import { FieldList } from "./field-list.tsx";
import type { Row, RowDetail } from "./log-api.ts";
import { RawRecord } from "./raw-record.tsx";
import { RelatedRows } from "./related-rows.tsx";
import { useRowDetail } from "./use-row-detail.ts";

type RowDrawerProps = {
  view: LogView;
  /** time~id of the open row, from the address. */
  rowKey: string | undefined;
  /** The row as the list has it, shown until its record is there. */
  held: Row | undefined;
  onClose: () => void;
  onFilter: (column: string, value: string, not: boolean) => void;
  onAround: (from: string, to: string) => void;
  /** What this log shows of a row besides. */
  extra?: ((row: Row) => ReactNode) | undefined;
};

const aroundMs = 5 * 60_000;

/** One row: every field, what belongs to it elsewhere, its source, and the record as received. */
export function RowDrawer({ view, rowKey, held, onClose, onFilter, onAround, extra }: RowDrawerProps) {
  const { detail, error, retry } = useRowDetail(view.slug, rowKey, held);
  const row = detail?.row ?? held;
  const ms = row ? Date.parse(row.time) : 0;
  return (
    <Drawer
      open={rowKey !== undefined}
      onClose={onClose}
      title={row ? <TimeText time={row.time} withZone /> : view.title}
      actions={
        row && (
          <CopyButton
            size="md"
            label="Copy a link to this row"
            text={() => `${window.location.origin}${window.location.pathname}?row=${rowKey}`}
          />
        )
      }
    >
      {error && <ErrorNotice error={error} what="This row could not be read." onRetry={retry} />}
      {row && (
        <>
          {detail && <Provenance detail={detail} />}
          {extra?.(row)}
          <FieldList view={view} row={row} onFilter={onFilter} />
          <div className="px-4 pb-3">
            <Button size="sm" onClick={() => onAround(instantOf(ms - aroundMs), instantOf(ms + aroundMs))}>
              Five minutes before and after
            </Button>
          </div>
          <RelatedRows key={rowKey} view={view} row={row} />
        </>
      )}
      {detail && detail.stages.length > 1 && <Stages stages={detail.stages} />}
      {detail && detail.raw !== null && <RawRecord raw={detail.raw} encoding={detail.rawEncoding} />}
      {!detail && !error && (
        <div className="p-4">
          <Spinner label="Reading the record" />
        </div>
      )}
    </Drawer>
  );
}

const notableMs = 5 * 60_000;

/** Where the row came from, and when; with a word where the source's clock and ours disagree. */
function Provenance({ detail: { row, source, receivedAt } }: { detail: RowDetail }) {
  const apartMs = receivedAt === null ? 0 : Date.parse(receivedAt) - Date.parse(row.time);
  return (
    <div className="border-b border-line bg-sunken px-4 py-2 text-xs text-ink-2">
      {source ? (
        <>
          From{" "}
          <span className="font-medium text-ink">
            <VisibleText text={source.name} />
          </span>{" "}
          ({source.kind})
        </>
      ) : (
        "Recorded by Daybook"
      )}
      {receivedAt !== null && (
        <>
          , received <TimeText time={receivedAt} withZone />
        </>
      )}
      {Math.abs(apartMs) > notableMs && (
        <p className="pt-1 font-medium text-warning">
          The source says it happened {minutesWords(Math.abs(apartMs))} {apartMs > 0 ? "before" : "after"}{" "}
          Daybook received it.{" "}
          {apartMs > 0
            ? "It was delivered late, or the source’s clock is slow."
            : "The source’s clock is fast."}
        </p>
      )}
    </div>
  );
}

function minutesWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  if (minutes < 2880) return `${Math.round(minutes / 60)} hours`;
  return `${Math.round(minutes / 1440)} days`;
}

function Stages({ stages }: { stages: readonly Row[] }) {
  return (
    <section aria-label="Stages" className="border-t border-line px-4 py-2">
      <h3 className="pb-1 font-medium">Stages</h3>
      <ul>
        {stages.map((stage) => (
          <li key={stage.id} className="flex gap-3">
            <span className="w-36 text-ink-2">{stage["stage"]}</span>
            <span className="tabular">{stage["status"]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
