"use client";

import { ArrowDown, ArrowUp, Columns3, Minus, Plus } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { CheckField } from "@/components/ui/input.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import { type ColumnLayout, moveColumn, resizeColumn, toggleColumn } from "./column-layout.ts";

type ColumnsMenuProps = {
  columns: readonly { id: string; title: string; size: number }[];
  layout: ColumnLayout;
  onLayout: (layout: ColumnLayout) => void;
  onReset: () => void;
  onCopyLink: () => void;
};

/** Which columns are shown, in which order and how wide; all that the mouse can do in the header, by keyboard. */
export function ColumnsMenu({ columns, layout, onLayout, onReset, onCopyLink }: ColumnsMenuProps) {
  const shown = layout.shown.flatMap((id) => columns.find((column) => column.id === id) ?? []);
  const hidden = columns.filter(({ id }) => !layout.shown.includes(id));
  return (
    <Popover
      look="quiet"
      align="end"
      // Folded rows have places, not columns.
      className="h-7! max-md:hidden"
      panelLabel="Columns"
      label="Columns"
      trigger={<Columns3 aria-hidden className="size-4" />}
    >
      {() => (
        <div className="flex w-80 max-w-full flex-col px-2 pt-2">
          <ul aria-label="Columns">
            {[...shown, ...hidden].map(({ id, title, size }, at) => (
              <li key={id} className="flex h-8 items-center gap-1">
                <CheckField
                  label={title}
                  checked={at < shown.length}
                  disabled={at < shown.length && shown.length === 1}
                  onChange={() => onLayout(toggleColumn(layout, id))}
                  {...(at === 0 && { "data-autofocus": true })}
                />
                {at < shown.length && (
                  <Arrange id={id} title={title} size={size} at={at} layout={layout} onLayout={onLayout} />
                )}
              </li>
            ))}
          </ul>
          <div className="sticky bottom-0 flex justify-between gap-2 border-t border-line bg-surface py-2">
            <Button size="sm" look="quiet" onClick={onReset}>
              Reset columns
            </Button>
            <Button size="sm" look="quiet" onClick={onCopyLink}>
              Copy a link with these columns
            </Button>
          </div>
        </div>
      )}
    </Popover>
  );
}

type ArrangeProps = {
  id: string;
  title: string;
  size: number;
  at: number;
  layout: ColumnLayout;
  onLayout: (layout: ColumnLayout) => void;
};

const widthStep = 24;

function Arrange({ id, title, size, at, layout, onLayout }: ArrangeProps) {
  const width = layout.sizes[id] ?? size;
  const actions = [
    { label: "narrower", Icon: Minus, next: resizeColumn(layout, id, width - widthStep), disabled: false },
    { label: "wider", Icon: Plus, next: resizeColumn(layout, id, width + widthStep), disabled: false },
    { label: "further left", Icon: ArrowUp, next: moveColumn(layout, id, -1), disabled: at === 0 },
    {
      label: "further right",
      Icon: ArrowDown,
      next: moveColumn(layout, id, 1),
      disabled: at === layout.shown.length - 1,
    },
  ];
  return actions.map(({ label, Icon, next, disabled }) => (
    <Button
      key={label}
      look="quiet"
      size="sm"
      square
      disabled={disabled}
      aria-label={`${title} ${label}`}
      title={label}
      onClick={() => onLayout(next)}
    >
      <Icon aria-hidden className="size-3.5" />
    </Button>
  ));
}
