import {
  type ColumnDef,
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  type ReactTable,
  type Row,
  type RowData,
  tableFeatures,
} from "@tanstack/react-table";

/** Where a column goes when a narrow screen folds the row into two lines. */
export type FoldedPlace = "time" | "lead" | "mark" | "sub" | "body" | "away";

type ColumnMeta = {
  align?: "end";
  /** Keeps its width; the others share what is left in proportion to their size. */
  fixed?: boolean;
  folded: FoldedPlace;
  /** What the header and the column menu call it. */
  title: string;
};

export const features = tableFeatures({
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  columnMeta: {} as ColumnMeta,
});

export type TableColumn<R extends RowData> = ColumnDef<typeof features, R, unknown>;
export type TableRow<R extends RowData> = Row<typeof features, R>;
export type Table<R extends RowData> = ReactTable<typeof features, R>;
