import type { FoldedPlace, TableColumn } from "@/components/data-table/table-features.ts";
import { formatCount, formatDuration, toneOf } from "@/components/logs/format-values.ts";
import { TimeHeader } from "@/components/logs/log-columns.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { catalogEntry } from "@/lib/audit/catalog.ts";
import { mostSteps, type WorkflowLine } from "@/lib/audit/workflow.ts";

type Wish = {
  id: string;
  title: string;
  size: number;
  minSize: number;
  folded: FoldedPlace;
  end?: true;
  cell: (line: WorkflowLine) => React.ReactNode;
};

const cut = (text: string | null) =>
  text === null ? (
    <span className="text-ink-3">–</span>
  ) : (
    <span className="truncate">
      <VisibleText text={text} />
    </span>
  );

const wishes: readonly Wish[] = [
  {
    id: "workflow",
    title: "Workflow",
    size: 200,
    minSize: 100,
    folded: "sub",
    cell: ({ workflowType }) => cut(catalogEntry(workflowType)?.title ?? workflowType),
  },
  {
    id: "initiator",
    title: "Initiator",
    size: 190,
    minSize: 80,
    folded: "lead",
    cell: ({ initiator }) => cut(initiator),
  },
  {
    id: "target",
    title: "Target",
    size: 190,
    minSize: 80,
    folded: "body",
    cell: ({ target }) => cut(target),
  },
  {
    id: "outcome",
    title: "Outcome",
    size: 110,
    minSize: 90,
    folded: "mark",
    cell: ({ operationStatus }) => (
      <Badge tone={toneOf(operationStatus)}>
        <VisibleText text={operationStatus} />
      </Badge>
    ),
  },
  {
    id: "last",
    title: "Last step",
    size: 240,
    minSize: 100,
    folded: "away",
    cell: ({ lastDescription }) => cut(lastDescription),
  },
  {
    id: "duration",
    title: "Duration",
    size: 90,
    minSize: 76,
    folded: "away",
    end: true,
    cell: ({ durationUs }) => <span className="tabular">{formatDuration(durationUs)}</span>,
  },
  {
    id: "steps",
    title: "Steps",
    size: 64,
    minSize: 56,
    folded: "away",
    end: true,
    cell: ({ steps }) => (
      <span className="tabular">{steps > mostSteps ? `${formatCount(mostSteps)}+` : formatCount(steps)}</span>
    ),
  },
];

export const workflowColumnIds: readonly string[] = ["started", ...wishes.map(({ id }) => id)];

/** What the list tells of each workflow: who, what, on whom, how it ended, how long it took. */
export function workflowColumns(order: "asc" | "desc", onOrder: () => void): TableColumn<WorkflowLine>[] {
  return [
    {
      id: "started",
      accessorFn: ({ started }) => started,
      header: () => <TimeHeader title="Started" order={order} onOrder={onOrder} />,
      cell: ({ row }) => <TimeText time={row.original.started} className="max-md:[&>span]:hidden" />,
      size: 204,
      minSize: 204,
      meta: { folded: "time", title: "Started", fixed: true },
    },
    ...wishes.map(
      ({ id, title, size, minSize, folded, end, cell }): TableColumn<WorkflowLine> => ({
        id,
        accessorFn: cell,
        header: title,
        cell: ({ row }) => cell(row.original),
        size,
        minSize,
        meta: { folded, title, ...(end && { align: "end" as const }) },
      }),
    ),
  ];
}
