import { ArrowDown, ArrowUp } from "lucide-react";
import type { FoldedPlace, TableColumn } from "@/components/data-table/table-features.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import type { CellKind, LogView } from "@/lib/logs/define.ts";
import { type TableColumnOfView, tableColumns } from "@/lib/logs/table-columns.ts";
import { LogCell } from "./cells.tsx";
import type { Row } from "./log-api.ts";
import { CountCell } from "./related-count.tsx";

type ShownKind = TableColumnOfView["kind"];
type Measure = { size: number; minSize: number; fixed?: true; align?: "end" };

/** Widths in pixels by kind of cell: those that are not fixed share the room that is left. */
const measures: { [kind in ShownKind]: Measure } = {
  time: { size: 204, minSize: 204, fixed: true },
  text: { size: 140, minSize: 60 },
  command: { size: 360, minSize: 120 },
  details: { size: 480, minSize: 160 },
  badge: { size: 104, minSize: 84 },
  id: { size: 130, minSize: 72 },
  connection: { size: 124, minSize: 72 },
  count: { size: 70, minSize: 56, align: "end" },
  code: { size: 70, minSize: 56, align: "end" },
  duration: { size: 84, minSize: 72, align: "end" },
  replay: { size: 76, minSize: 64 },
  json: { size: 240, minSize: 100 },
};

/** How wide a column is at first, in pixels. */
export function columnWidth(kind: ShownKind): number {
  return measures[kind].size;
}

const leads = ["user", "initiator"];
const bodies = [
  "command",
  "request",
  "details",
  "requestUri",
  "resource",
  "eventDescription",
  "cause",
  "target",
];
const subs = ["target", "cluster", "action", "workflowType", "kind", "method", "durationUs"];

/** Which columns make the two lines of a narrow screen, of those that are shown. */
export function foldedPlaces(view: LogView, shown: readonly string[]): { [column: string]: FoldedPlace } {
  const first = (names: readonly string[], taken?: string) =>
    names.find((name) => shown.includes(name) && name !== taken);
  const body = first(bodies);
  const sub = first(subs, body);
  const lead = first(leads);
  const ofKind = (kind: CellKind) => shown.find((column) => view.columns[column]?.cell === kind);
  const mark = ofKind("badge") ?? ofKind("replay");
  const places: { [column: string]: FoldedPlace } = { time: "time" };
  if (mark !== undefined) places[mark] = "mark";
  if (sub !== undefined) places[sub] = "sub";
  if (body !== undefined) places[body] = "body";
  if (lead !== undefined) places[lead] = "lead";
  return places;
}

type ColumnsProps = { order: "asc" | "desc"; onOrder: () => void; shown: readonly string[] };

/** The table's columns, from the definition of the view. */
export function logColumns(view: LogView, { order, onOrder, shown }: ColumnsProps): TableColumn<Row>[] {
  const places = foldedPlaces(view, shown);
  return tableColumns(view).map(({ id, header, kind }) => {
    const { size, minSize, fixed, align } = measures[kind];
    return {
      id,
      accessorFn: (row) => row[id] ?? null,
      header: () =>
        id === "time" ? (
          <TimeHeader title={header} order={order} onOrder={onOrder} />
        ) : (
          <HeaderText title={header} zoned={kind === "time"} />
        ),
      cell: ({ row }) =>
        kind === "count" ? (
          <CountCell view={view} column={id} row={row.original} />
        ) : (
          <LogCell view={view} column={id} kind={kind} row={row.original} />
        ),
      size,
      minSize,
      meta: { folded: places[id] ?? "away", title: header, ...(fixed && { fixed }), ...(align && { align }) },
    };
  });
}

function HeaderText({ title, zoned }: { title: string; zoned: boolean }) {
  if (!zoned) return title;
  return (
    <>
      {title} <ZoneName />
    </>
  );
}

export function TimeHeader({
  title,
  order,
  onOrder,
}: {
  title: string;
  order: "asc" | "desc";
  onOrder: () => void;
}) {
  const Arrow = order === "desc" ? ArrowDown : ArrowUp;
  const words = order === "desc" ? "newest first" : "oldest first";
  return (
    <button
      type="button"
      onClick={onOrder}
      title={`Sorted ${words}. Turn round`}
      className="-mx-1 flex items-center gap-1 rounded px-1 py-0.5 hover:bg-hover"
    >
      {title}
      <ZoneName />
      <Arrow aria-hidden className="size-3" />
      <span className="sr-only">{words}</span>
    </button>
  );
}
