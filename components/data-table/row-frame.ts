import type { CSSProperties } from "react";

/** The row's place among the rows; its height comes from CSS, so that it is right before any script runs. */
export function rowStyle(position: number): CSSProperties {
  return { transform: `translateY(calc(var(--row-height) * ${position}))` };
}

/** What hundreds of cells on a page share is one short class each, in globals.css. */
export const rowClass = "grid-line";
