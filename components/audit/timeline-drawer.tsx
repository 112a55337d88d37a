"use client";

import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { formatCount, formatDuration, toneOf } from "@/components/logs/format-values.ts";
import type { Row } from "@/components/logs/log-api.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Drawer } from "@/components/ui/drawer.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { catalogEntry } from "@/lib/audit/catalog.ts";
import { microsBetween } from "@/lib/audit/micros.ts";
import { mostSteps, type WorkflowLine } from "@/lib/audit/workflow.ts";
import { textOf } from "./row-states.tsx";
import { TimelineStep } from "./timeline-step.tsx";
import { useTimeline } from "./use-timeline.ts";

type TimelineDrawerProps = {
  /** The workflow whose timeline is open. */
  workflowId: string | undefined;
  onClose: () => void;
};

/** One business process: its steps in order, each with what it captured. */
export function TimelineDrawer({ workflowId, onClose }: TimelineDrawerProps) {
  const { steps, whole, next, error, more, retry } = useTimeline(workflowId);
  const [first] = steps;
  return (
    <Drawer
      open={workflowId !== undefined}
      onClose={onClose}
      title={first ? titleOf(first) : "Workflow"}
      actions={
        workflowId !== undefined && (
          <CopyButton
            size="md"
            label="Copy a link to this workflow"
            text={() =>
              `${window.location.origin}${window.location.pathname}?${new URLSearchParams({ timeline: workflowId })}`
            }
          />
        )
      }
    >
      {first && <Facts steps={steps} whole={next === null ? undefined : whole} ended={next === null} />}
      <ol aria-label="Steps" className="px-4 py-3">
        {steps.map((step, at) => (
          <TimelineStep
            key={step.id}
            step={step}
            sinceUs={first && at > 0 ? microsBetween(first.time, step.time) : undefined}
            last={at === steps.length - 1}
          />
        ))}
      </ol>
      {error && (
        <ErrorNotice error={error} what="The steps of this workflow could not be read." onRetry={retry} />
      )}
      {next === undefined && !error && (
        <div className="p-4">
          <Spinner label="Reading the steps" />
        </div>
      )}
      {next === null && steps.length === 0 && (
        <p className="px-4 pb-4 text-ink-2">There is no workflow with this id.</p>
      )}
      {next && !error && (
        <div className="px-4 pb-4">
          <Button onClick={more}>More steps</Button>
        </div>
      )}
    </Drawer>
  );
}

function titleOf(step: Row) {
  const type = String(step["workflowType"]);
  return <VisibleText text={catalogEntry(type)?.title ?? type} />;
}

type FactsProps = {
  steps: readonly Row[];
  /** How it ended, where not all of the steps are here. */
  whole: WorkflowLine | undefined;
  /** Whether all of them are. */
  ended: boolean;
};

/** Who, on whom, how it ended, and how long it took. */
function Facts({ steps, whole, ended }: FactsProps) {
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) return null;
  const target = steps.findLast((step) => textOf(step, "target") !== null);
  const outcome = ended ? String(last["operationStatus"]) : whole?.operationStatus;
  const durationUs = ended ? microsBetween(first.time, last.time) : whole?.durationUs;
  const facts: [name: string, value: React.ReactNode][] = [
    ["Initiator", <VisibleText key="who" text={String(first["initiator"])} />],
    ["Target", target ? <VisibleText key="whom" text={String(target["target"])} /> : "–"],
    [
      "Outcome",
      outcome === undefined ? (
        "further below"
      ) : (
        <Badge key="how" tone={toneOf(outcome)}>
          {outcome}
        </Badge>
      ),
    ],
    ["Duration", durationUs === undefined ? "–" : formatDuration(durationUs)],
    ["Steps", ended ? formatCount(steps.length) : countWords(steps.length, whole)],
    [
      "WorkflowId",
      <span key="id" className="font-mono text-xs">
        <VisibleText text={String(first["workflowId"])} />
      </span>,
    ],
  ];
  return (
    <dl className="grid gap-x-6 gap-y-1 border-b border-line bg-sunken px-4 py-2 sm:grid-cols-2">
      {facts.map(([name, value]) => (
        <div key={name} className="flex min-w-0 gap-2">
          <dt className="w-20 shrink-0 text-ink-2">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function countWords(read: number, whole: WorkflowLine | undefined): string {
  if (!whole) return `more than ${formatCount(read)}`;
  const all = whole.steps > mostSteps ? `more than ${formatCount(mostSteps)}` : formatCount(whole.steps);
  return `${all}, the first ${formatCount(read)} below`;
}
