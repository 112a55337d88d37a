/** Which columns are shown, in which order, and how wide those are that someone has dragged. */
export type ColumnLayout = { shown: readonly string[]; sizes: { readonly [column: string]: number } };

/** Limits of a dragged width, in pixels. */
export const narrowest = 48;
export const widest = 1200;

/**
 * Reads a layout as it was kept. Columns that exist no more are left out; without any left it is no layout.
 * @param text JSON as {@link formatLayout} wrote it, perhaps by an earlier version
 */
export function parseLayout(text: string | null, known: readonly string[]): ColumnLayout | undefined {
  if (text === null) return undefined;
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof kept !== "object" || kept === null || !("shown" in kept) || !Array.isArray(kept.shown))
    return undefined;
  const shown = known.length > 0 ? kept.shown.filter((column) => known.includes(column)) : [];
  if (shown.length === 0) return undefined;
  const sizes: { [column: string]: number } = {};
  const keptSizes =
    "sizes" in kept && typeof kept.sizes === "object" && kept.sizes !== null ? kept.sizes : {};
  for (const [column, size] of Object.entries(keptSizes)) {
    if (known.includes(column) && typeof size === "number") sizes[column] = clampWidth(size);
  }
  return { shown: [...new Set<string>(shown)], sizes };
}

export function formatLayout(layout: ColumnLayout): string {
  return JSON.stringify(layout);
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(widest, Math.max(narrowest, width)));
}

/** Shows a column, behind the others, or hides it. The last one stays. */
export function toggleColumn(layout: ColumnLayout, column: string): ColumnLayout {
  if (!layout.shown.includes(column)) return { ...layout, shown: [...layout.shown, column] };
  if (layout.shown.length === 1) return layout;
  return { ...layout, shown: layout.shown.filter((each) => each !== column) };
}

/** Moves a shown column by one place to the left (-1) or right (1). */
export function moveColumn(layout: ColumnLayout, column: string, by: -1 | 1): ColumnLayout {
  const from = layout.shown.indexOf(column);
  const to = from + by;
  const other = layout.shown[to];
  if (from === -1 || other === undefined) return layout;
  const shown = [...layout.shown];
  shown[from] = other;
  shown[to] = column;
  return { ...layout, shown };
}

export function resizeColumn(layout: ColumnLayout, column: string, width: number): ColumnLayout {
  return { ...layout, sizes: { ...layout.sizes, [column]: clampWidth(width) } };
}
