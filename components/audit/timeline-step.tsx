"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { FieldList } from "@/components/logs/field-list.tsx";
import { formatDuration, toneOf } from "@/components/logs/format-values.ts";
import type { Row } from "@/components/logs/log-api.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { RowStates } from "./row-states.tsx";

type TimelineStepProps = {
  step: Row;
  /** Microseconds since the first step; undefined for that one. */
  sinceUs: number | undefined;
  last: boolean;
};

/** A step of a workflow: when, what, and what it captured. */
export function TimelineStep({ step, sinceUs, last }: TimelineStepProps) {
  const [open, setOpen] = useState(false);
  const Arrow = open ? ChevronDown : ChevronRight;
  const status = String(step["operationStatus"]);
  return (
    <li className="relative pb-5 pl-5">
      {!last && (
        <span aria-hidden className="absolute top-3 bottom-0 left-[0.3125rem] w-px bg-line-strong/40" />
      )}
      <span aria-hidden className="absolute top-1.5 left-0.5 size-2 rounded-full bg-line-strong" />
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <TimeText time={step.time} withZone />
        {sinceUs !== undefined && (
          <span className="text-xs text-ink-3 tabular">+ {formatDuration(sinceUs)}</span>
        )}
        <Badge tone={toneOf(status)}>
          <VisibleText text={status} />
        </Badge>
      </div>
      <p className="font-medium wrap-anywhere">
        <VisibleText text={String(step["eventDescription"])} />
      </p>
      <p className="font-mono text-xs text-ink-2 wrap-anywhere">
        <VisibleText text={String(step["eventType"])} />
      </p>
      <div className="flex flex-col gap-3 pt-2">
        <RowStates row={step} folded />
        <div>
          <Button look="quiet" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Arrow aria-hidden className="size-3.5" />
            All columns
          </Button>
        </div>
      </div>
      {open && <FieldList view={auditLog} row={step} />}
    </li>
  );
}
