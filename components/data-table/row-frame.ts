import type { CSSProperties } from "react";

/** The row's place among the rows; its height comes from CSS, so that it is right before any script runs. */
export function rowStyle(position: number): CSSProperties {
  return { transform: `translateY(calc(var(--row-height) * ${position}))` };
}

export const rowClass =
  "absolute inset-x-0 top-0 grid h-(--row-height) items-center border-b border-line px-3 [grid-template-columns:var(--tracks)] max-md:grid-cols-[auto_minmax(0,1fr)_auto]! max-md:content-center max-md:gap-x-2";
