import type { CellKind, ComposedColumn, LogView } from "./define.ts";

/** A column as tables show it. `details` is made of several columns of the view. */
export type TableColumnOfView = {
  id: string;
  header: string;
  kind: CellKind | "details";
  hidden: boolean;
};

/** The columns of a view's table in their order: those of the definition, the composed ones among them. */
export function tableColumns(view: LogView): TableColumnOfView[] {
  const composed = Object.entries(view.composed ?? {});
  return Object.entries(view.columns).flatMap(([id, { header, cell, hidden = false }]) => [
    { id, header, kind: cell, hidden },
    ...composed
      .filter(([, { behind }]) => behind === id)
      .map(([name, column]) => ({
        id: name,
        header: column.header,
        kind: "details" as const,
        hidden: false,
      })),
  ]);
}

export function composedColumn(view: LogView, column: string): ComposedColumn | undefined {
  const { composed } = view;
  return composed && Object.hasOwn(composed, column) ? composed[column] : undefined;
}

/** The columns of the definition that these stand for: a composed one stands for all it is made of. */
export function definedColumns(view: LogView, columns: readonly string[]): string[] {
  return columns.flatMap((column) => composedColumn(view, column)?.of ?? [column]);
}
