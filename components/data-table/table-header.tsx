"use client";

import type { Header, RowData } from "@tanstack/react-table";
import { flexRender } from "@tanstack/react-table";
import type { PointerEvent } from "react";
import { cx } from "@/components/ui/cx.ts";
import type { features, Table } from "./table-features.ts";

type HeaderProps<R extends RowData> = {
  table: Table<R>;
  sorted: { column: string; direction: "ascending" | "descending" };
  onResize: (column: string, width: number) => void;
};

/** The sticky line of headers. A narrow screen shows the time's alone, with its zone and direction. */
export function TableHeader<R extends RowData>({ table, sorted, onResize }: HeaderProps<R>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see GridRow
    // biome-ignore lint/a11y/useFocusableInteractive: the headers' buttons take the focus
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-8 items-stretch border-b border-line bg-canvas px-3 text-xs font-medium text-ink-2 [grid-template-columns:var(--tracks)] max-md:flex"
    >
      {table.getHeaderGroups()[0]?.headers.map((header, at, headers) => (
        // biome-ignore lint/a11y/useSemanticElements: see GridRow
        // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
        <div
          key={header.id}
          role="columnheader"
          {...(header.column.id === sorted.column && { "aria-sort": sorted.direction })}
          className={cx(
            "relative flex min-w-0 items-center pr-3",
            header.column.columnDef.meta?.align === "end" && "justify-end",
            header.column.columnDef.meta?.folded !== "time" && "max-md:sr-only",
          )}
        >
          <div className="min-w-0 truncate">
            {flexRender(header.column.columnDef.header, header.getContext())}
          </div>
          {at < headers.length - 1 && <ResizeHandle header={header} onResize={onResize} />}
        </div>
      ))}
    </div>
  );
}

type HandleProps<R extends RowData> = {
  header: Header<typeof features, R, unknown>;
  onResize: HeaderProps<R>["onResize"];
};

/** The edge to drag. The column menu does the same by keyboard. */
function ResizeHandle<R extends RowData>({ header, onResize }: HandleProps<R>) {
  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    event.preventDefault();
    const handle = event.currentTarget;
    const startX = event.clientX;
    const startWidth = handle.parentElement?.getBoundingClientRect().width ?? 0;
    const onMove = (move: globalThis.PointerEvent) =>
      onResize(header.column.id, startWidth + move.clientX - startX);
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", onMove);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", onMove), {
      once: true,
    });
  }
  return (
    <div
      aria-hidden
      onPointerDown={onPointerDown}
      className="absolute inset-y-0 right-0 w-2 cursor-col-resize touch-none select-none after:absolute after:inset-y-2 after:right-1 after:w-px after:bg-line hover:after:bg-accent max-md:hidden"
    />
  );
}
