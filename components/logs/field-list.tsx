"use client";

import { Filter, FilterX } from "lucide-react";
import { connectionPath } from "@/components/shell/pages.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { indentJson } from "@/components/ui/indent-json.ts";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { CellKind, LogView } from "@/lib/logs/define.ts";
import { filterOfColumn } from "./conditions.ts";
import { formatCount, formatDuration, formatOffset, toneOf } from "./format-values.ts";
import type { Row } from "./log-api.ts";

type FieldListProps = {
  view: LogView;
  row: Row;
  /** Absent where no list stands beside the row. */
  onFilter?: (column: string, value: string, not: boolean) => void;
};

/** Every field of the row, whole. Fields without a value are named together at the end. */
export function FieldList({ view, row, onFilter }: FieldListProps) {
  const fields = Object.entries(view.columns).map(([column, { header, cell }]) => ({
    column,
    header,
    cell,
    value: row[column] ?? null,
  }));
  const filled = fields.filter(({ value }) => value !== null && value !== "");
  const empty = fields.filter(({ value }) => value === null || value === "");
  return (
    <section aria-label="Fields" className="px-4 py-2">
      <dl>
        {filled.map(({ column, header, cell, value }) => (
          <div
            key={column}
            className="group grid gap-x-3 border-b border-line py-1 sm:grid-cols-[9rem_minmax(0,1fr)]"
          >
            <dt className="text-ink-2 max-sm:text-xs">{header}</dt>
            <dd className="flex min-w-0 items-start gap-2">
              <span className="min-w-0 flex-1 wrap-anywhere">
                <WholeValue kind={cell} value={value ?? ""} row={row} />
              </span>
              <FieldActions
                view={view}
                column={column}
                header={header}
                value={String(value)}
                {...(onFilter && { onFilter })}
              />
            </dd>
          </div>
        ))}
      </dl>
      {empty.length > 0 && (
        <p className="pt-2 text-xs text-ink-3">Empty: {empty.map(({ header }) => header).join(", ")}</p>
      )}
    </section>
  );
}

type WholeProps = { kind: CellKind; value: string | number; row: Row };

function WholeValue({ kind, value, row }: WholeProps) {
  const text = String(value);
  const { connectionId } = row;
  if (kind === "connection")
    return (
      <a href={connectionPath(text)} className="font-mono text-xs text-accent underline">
        {text}
      </a>
    );
  if (kind === "replay" && typeof connectionId === "string")
    return (
      <a href={connectionPath(connectionId, Number(value) / 1000)} className="text-accent tabular underline">
        at {formatOffset(Number(value) * 1000)}
      </a>
    );
  if (kind === "time") return <TimeText time={text} withZone />;
  if (kind === "badge")
    return (
      <Badge tone={toneOf(text)}>
        <VisibleText text={text} />
      </Badge>
    );
  if (kind === "duration") return <span className="tabular">{formatDuration(Number(value))}</span>;
  if (kind === "replay") return <span className="tabular">{formatOffset(Number(value) * 1000)}</span>;
  if (kind === "count") return <span className="tabular">{formatCount(Number(value))}</span>;
  if (kind === "text" || kind === "code") return <VisibleText text={text} />;
  return (
    <span className="font-mono text-xs whitespace-pre-wrap">
      <VisibleText text={kind === "json" ? (indentJson(text) ?? text) : text} lines />
    </span>
  );
}

type ActionsProps = Pick<FieldListProps, "view" | "onFilter"> & {
  column: string;
  header: string;
  value: string;
};

function FieldActions({ view, column, header, value, onFilter }: ActionsProps) {
  const filterable = filterOfColumn(view, column) !== undefined;
  return (
    <span className="flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:opacity-100">
      {onFilter && filterable && (
        <>
          <Button
            look="quiet"
            size="sm"
            square
            aria-label={`Filter for this ${header}`}
            title="Filter for this"
            onClick={() => onFilter(column, value, false)}
          >
            <Filter aria-hidden className="size-3.5" />
          </Button>
          <Button
            look="quiet"
            size="sm"
            square
            aria-label={`Filter out this ${header}`}
            title="Filter out"
            onClick={() => onFilter(column, value, true)}
          >
            <FilterX aria-hidden className="size-3.5" />
          </Button>
        </>
      )}
      <CopyButton text={value} label={`Copy ${header}`} />
    </span>
  );
}
