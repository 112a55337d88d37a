"use client";

import { type RowData, useTable } from "@tanstack/react-table";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
} from "react";
import { cx } from "@/components/ui/cx.ts";
import { type ColumnLayout, resizeColumn } from "./column-layout.ts";
import { GridRow } from "./grid-row.tsx";
import type { PageState } from "./page-store.ts";
import { countOf, positionOf } from "./page-window.ts";
import { SkeletonRow } from "./skeleton-row.tsx";
import { features, type TableColumn } from "./table-features.ts";
import { TableHeader } from "./table-header.tsx";
import { trackWidths } from "./track-widths.ts";
import { useGridKeys } from "./use-grid-keys.ts";
import { useHeldRows } from "./use-held-rows.ts";
import { useRowHeight } from "./use-row-height.ts";
import { useScrollAnchor } from "./use-scroll-anchor.ts";

export type DataTableProps<R extends RowData> = {
  label: string;
  columns: readonly TableColumn<R>[];
  layout: ColumnLayout;
  onLayout: (layout: ColumnLayout) => void;
  state: PageState<R>;
  keyOf: (row: R) => string;
  sorted: { column: string; direction: "ascending" | "descending" };
  /** Told which positions are on screen whenever they change. */
  onSee: (first: number, last: number) => void;
  openKey: string | undefined;
  onOpen: (row: R) => void;
  arrived: ReadonlySet<string>;
  /** Rows that are about to go from the list. */
  leaving: ReadonlySet<string>;
  /** Filled with what brings a position to sight. */
  scrollTo: RefObject<((position: number) => void) | null>;
  renderActions: (row: R, column: string) => ReactNode;
  onCellKey: (row: R, column: string, key: string) => boolean;
  scroller: RefObject<HTMLDivElement | null>;
  /** What stands below the last row. */
  children: ReactNode;
};

const headerHeight = 32;
/** The server does not know the window; this much is rendered before the browser says. */
const assumedRect = { width: 1280, height: 800 };

/** A long list as a grid: virtual rows, sticky headers, keys, quick actions. */
export function DataTable<R extends RowData>(props: DataTableProps<R>) {
  const { label, columns, layout, onLayout, state, keyOf, sorted, onSee, openKey, onOpen, scroller } = props;
  const { window } = state;
  const probe = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight(probe);
  const count = countOf(window);
  const held = useHeldRows(window);
  const tableState = useMemo(() => tableStateOf(columns, layout), [columns, layout]);
  const table = useTable({
    features,
    columns: columns as TableColumn<R>[],
    data: held.rows,
    getRowId: keyOf,
    state: tableState,
  });
  const rows = table.getRowModel().rows;
  const { template, minWidth } = trackWidths(table);

  const grid = useGridKeys({
    ...props,
    grid: scroller,
    window,
    columns: layout.shown,
    firstSeen: () => Math.ceil((scroller.current?.scrollTop ?? 0) / rowHeight),
    pageRows: Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2),
    scrollTo: (position) => virtualizer.scrollToIndex(position, { align: "auto" }),
    following: openKey !== undefined,
  });
  const activeAt = grid.active ? positionOf(window, grid.active.key, keyOf) : undefined;

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    initialRect: assumedRect,
    overscan: 12,
    scrollMargin: headerHeight,
    scrollPaddingStart: headerHeight,
    // The active row stays, however far away, for it holds the focus.
    rangeExtractor: (range) => {
      const positions = defaultRangeExtractor(range);
      if (activeAt === undefined || positions.includes(activeAt)) return positions;
      return [...positions, activeAt].sort((a, b) => a - b);
    },
  });
  useImperativeHandle(props.scrollTo, () => (position) => {
    virtualizer.scrollToIndex(position, { align: "center" });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when the rows' height changes
  useEffect(() => virtualizer.measure(), [rowHeight]);
  useScrollAnchor(scroller, window, { rowHeight, keyOf, generation: state.generation });

  const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is seen may lack pages once the list has changed
  useEffect(() => onSee(startIndex, endIndex), [onSee, startIndex, endIndex, window]);

  const tabStopAt = activeAt ?? startIndex;
  const rootStyle = { "--tracks": template } as CSSProperties;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see GridRow
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={window.ended ? count + 1 : -1}
      aria-colcount={layout.shown.length}
      aria-busy={state.stale}
      tabIndex={count === 0 ? 0 : -1}
      onKeyDown={grid.onKeyDown}
      onFocus={grid.onFocus}
      onBlur={grid.onBlur}
      onClick={(event) => openClicked(event.target, window, keyOf, onOpen)}
      className="relative min-h-0 flex-1 overflow-auto [overflow-anchor:none] scroll-thin"
      style={rootStyle}
    >
      <div className="max-md:min-w-0!" style={{ minWidth: minWidth + 24 }}>
        <TableHeader
          table={table}
          sorted={sorted}
          onResize={(column, width) => onLayout(resizeColumn(layout, column, width))}
        />
        <div
          role="presentation"
          className={cx("relative", state.stale && "opacity-50")}
          style={{ height: `calc(var(--row-height) * ${count})` }}
        >
          <div ref={probe} aria-hidden className="pointer-events-none absolute h-(--row-height) w-px" />
          {virtualizer.getVirtualItems().map(({ index: position }) => {
            const row = rows[held.indexOf(position)];
            if (!row) return <SkeletonRow key={`place ${position}`} position={position} />;
            const active = position === activeAt;
            return (
              <GridRow
                key={row.id}
                row={row}
                rowKey={row.id}
                columns={layout.shown.join()}
                position={position}
                active={active}
                activeColumn={active ? (grid.active?.column ?? null) : null}
                open={row.id === openKey}
                arrived={props.arrived.has(row.id)}
                leaving={props.leaving.has(row.id)}
                tabStop={position === tabStopAt}
                renderActions={props.renderActions}
              />
            );
          })}
        </div>
        <Foot>{props.children}</Foot>
      </div>
    </div>
  );
}

/** A grid may hold nothing but rows: what stands below them is one, with a cell. */
function Foot({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see GridRow
    // biome-ignore lint/a11y/useFocusableInteractive: there is nothing in it but text, or controls of its own
    <div role="row">
      {/* biome-ignore lint/a11y/useSemanticElements: see GridRow */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <div role="gridcell">{children}</div>
    </div>
  );
}

function tableStateOf<R extends RowData>(columns: readonly TableColumn<R>[], layout: ColumnLayout) {
  const all = columns.map((column) => column.id ?? "");
  return {
    columnOrder: [...layout.shown, ...all.filter((id) => !layout.shown.includes(id))],
    columnVisibility: Object.fromEntries(all.map((id) => [id, layout.shown.includes(id)])),
    columnSizing: { ...layout.sizes },
  };
}

/** A click on a row opens it, but not one on a control in it, and not the end of selecting text. */
function openClicked<R>(
  target: EventTarget,
  window: PageState<R>["window"],
  keyOf: (row: R) => string,
  onOpen: (row: R) => void,
) {
  if (!(target instanceof Element) || target.closest("a, button, input")) return;
  if (document.getSelection()?.type === "Range") return;
  const key = target.closest<HTMLElement>("[data-row]")?.dataset["row"];
  const row = key === undefined ? undefined : findHeld(window, key, keyOf);
  if (row !== undefined) onOpen(row);
}

function findHeld<R>(window: PageState<R>["window"], key: string, keyOf: (row: R) => string): R | undefined {
  for (const page of window.pages) {
    const row = page.rows?.find((each) => keyOf(each) === key);
    if (row !== undefined) return row;
  }
  return undefined;
}
