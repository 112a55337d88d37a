"use client";

import type { RowData } from "@tanstack/react-table";
import { flexRender } from "@tanstack/react-table";
import { memo, type PointerEvent, type ReactNode, useState } from "react";
import { cx } from "@/components/ui/cx.ts";
import { rowClass, rowStyle } from "./row-frame.ts";
import type { FoldedPlace, TableRow } from "./table-features.ts";

const foldedClass: { [place in FoldedPlace]: string } = {
  time: "fold-time",
  lead: "fold-lead",
  mark: "fold-mark",
  sub: "fold-sub",
  body: "fold-body",
  away: "fold-away",
};

export type GridRowProps<R extends RowData> = {
  row: TableRow<R>;
  /** Tells which columns are shown, and in which order: the row renders anew when it changes. */
  columns: string;
  position: number;
  rowKey: string;
  active: boolean;
  /** The focused cell of an active row. */
  activeColumn: string | null;
  open: boolean;
  arrived: boolean;
  leaving: boolean;
  /** The control that takes part in the order of Tab. */
  tabStop: boolean;
  renderActions: (row: R, column: string) => ReactNode;
};

function GridRowView<R extends RowData>(props: GridRowProps<R>) {
  const { row, position, rowKey, active, activeColumn, open, arrived, leaving, tabStop, renderActions } =
    props;
  const [hovered, setHovered] = useState<string | null>(null);

  function onPointerOver(event: PointerEvent<HTMLDivElement>) {
    if (event.pointerType !== "mouse") return;
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-column]");
    setHovered(cell?.dataset["column"] ?? null);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed, which a table row cannot be
    <div
      role="row"
      aria-rowindex={position + 2}
      aria-selected={open}
      tabIndex={tabStop && activeColumn === null ? 0 : -1}
      data-row={rowKey}
      data-position={position}
      style={rowStyle(position)}
      onPointerOver={onPointerOver}
      onPointerLeave={() => setHovered(null)}
      className={cx(
        rowClass,
        open ? "bg-accent-soft" : active ? "bg-hover" : "hover:bg-hover",
        arrived && "arrived",
        leaving && "line-through decoration-ink-3",
      )}
    >
      {row.getVisibleCells().map((cell) => {
        const { id, columnDef } = cell.column;
        const focused = active && activeColumn === id;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see the row
          <div
            key={id}
            role="gridcell"
            data-column={id}
            tabIndex={focused && tabStop ? 0 : -1}
            className={cx(
              "grid-cell",
              columnDef.meta?.align === "end" && "md:justify-end",
              foldedClass[columnDef.meta?.folded ?? "away"],
            )}
          >
            {flexRender(columnDef.cell, cell.getContext())}
            {(focused || hovered === id) && renderActions(row.original, id)}
          </div>
        );
      })}
    </div>
  );
}

/** One row. It renders anew for another record, place or set of columns, not for every page that was fetched. */
export const GridRow = memo(GridRowView, (before, after) =>
  (Object.keys(after) as (keyof GridRowProps<RowData>)[]).every((name) =>
    name === "row" ? before.row.original === after.row.original : before[name] === after[name],
  ),
) as typeof GridRowView;
