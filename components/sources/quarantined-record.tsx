"use client";

import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { QuarantineLine } from "@/lib/ingest/source-line.ts";
import { isOver, type Outcome } from "./outcome.ts";
import { RawRecord } from "./raw-record.tsx";

type RecordProps = {
  record: QuarantineLine;
  outcome: Outcome | undefined;
  onReplay: () => void;
  onDismiss: () => void;
};

export function QuarantinedRecord({ record, outcome, onReplay, onDismiss }: RecordProps) {
  const busy = outcome?.state === "working";
  return (
    <li className="flex flex-col gap-1 border-b border-line py-2">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-64">
          <p className="font-medium wrap-anywhere">
            <VisibleText text={record.reason} />
          </p>
          <p className="text-xs wrap-anywhere text-ink-2">
            <TimeText time={record.receivedAt} withZone />
            {record.recordId !== null && (
              <>
                {" · "}
                <span className="font-mono">
                  <VisibleText text={record.recordId} />
                </span>
              </>
            )}
          </p>
        </div>
        {!isOver(outcome) && (
          <div className="flex gap-2">
            {!record.idTaken && (
              <Button size="sm" disabled={busy} onClick={onReplay}>
                Replay
              </Button>
            )}
            <Button size="sm" look="quiet" disabled={busy} onClick={onDismiss}>
              Dismiss
            </Button>
          </div>
        )}
      </div>
      <div role="status">{outcome && <Result outcome={outcome} />}</div>
      <details>
        <summary className="w-fit text-xs text-ink-2 hover:text-ink">Record</summary>
        <RawRecord record={record} />
      </details>
    </li>
  );
}

function Result({ outcome: { state, text } }: { outcome: Outcome }) {
  if (state === "refused") return <p className="text-failure">{text}</p>;
  if (state === "working") return <p className="text-ink-2">{text}</p>;
  return <Badge tone={state === "replayed" ? "good" : "faint"}>{text}</Badge>;
}
