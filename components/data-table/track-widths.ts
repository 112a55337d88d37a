import type { RowData } from "@tanstack/react-table";
import { narrowest } from "./column-layout.ts";
import type { Table } from "./table-features.ts";

/**
 * The widths of all columns as one CSS grid template. A dragged or fixed column has its width, the others
 * share what is left. Lengths only, nothing that depends on content: every row is a grid of its own, and all
 * of them must come out alike.
 */
export function trackWidths<R extends RowData>(table: Table<R>): { template: string; minWidth: number } {
  let minWidth = 0;
  const tracks = table.getVisibleLeafColumns().map((column) => {
    const { size = 120, minSize = narrowest, meta } = column.columnDef;
    const dragged = table.state.columnSizing[column.id];
    if (dragged !== undefined || meta?.fixed) {
      minWidth += dragged ?? size;
      return `${dragged ?? size}px`;
    }
    minWidth += minSize;
    return `minmax(${minSize}px, ${size}fr)`;
  });
  return { template: tracks.join(" "), minWidth };
}
