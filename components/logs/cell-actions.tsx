"use client";

import { Copy, Filter, FilterX } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/components/ui/cx.ts";
import type { LogView } from "@/lib/logs/define.ts";
import { filterOfColumn } from "./conditions.ts";

export type CellAct = "only" | "without" | "copy";

/** The keys of the quick actions on a focused cell. */
export const actKeys: { [key: string]: CellAct } = { f: "only", x: "without", c: "copy" };

type CellActionsProps = {
  view: LogView;
  column: string;
  /** Which side of the cell they hang over: `beside` leaves what is in it to be pressed. */
  place: "over" | "beside-right" | "beside-left";
  onAct: (act: CellAct) => void;
};

const places = {
  over: "right-1",
  "beside-right": "left-full -ml-3",
  "beside-left": "right-full mr-1",
} as const;

/**
 * Quick actions over the end of a cell. The keyboard has keys for them, so they are no stops of Tab.
 * They come up only after the pointer has rested for a moment: who presses a row at once means the row.
 * That is not motion, and holds for those who want none as well.
 */
export function CellActions({ view, column, place, onAct }: CellActionsProps) {
  const filterable = filterOfColumn(view, column) !== undefined;
  return (
    <span
      className={cx(
        "absolute inset-y-1 z-2 flex items-center rounded border border-line bg-surface shadow-sm animate-arm! max-md:hidden",
        places[place],
      )}
    >
      {filterable && (
        <>
          <Act label="Filter for this (f)" onClick={() => onAct("only")}>
            <Filter aria-hidden className="size-3" />
          </Act>
          <Act label="Filter out (x)" onClick={() => onAct("without")}>
            <FilterX aria-hidden className="size-3" />
          </Act>
        </>
      )}
      <Act label="Copy (c)" onClick={() => onAct("copy")}>
        <Copy aria-hidden className="size-3" />
      </Act>
    </span>
  );
}

function Act({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      title={label}
      onClick={onClick}
      className="flex h-full w-6 items-center justify-center text-ink-2 hover:bg-hover hover:text-ink"
    >
      {children}
    </button>
  );
}
