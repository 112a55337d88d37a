/** A column's heading in a table that is not a grid. */
export const headClass =
  "border-b border-line px-2 py-1.5 text-left text-xs font-medium whitespace-nowrap text-ink-2";

/** A cell under it. */
export const cellClass = "border-b border-line px-2 py-1.5 align-top";
