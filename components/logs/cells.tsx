import { Play, Timer } from "lucide-react";
import Link from "next/link";
import { connectionPath, logPath } from "@/components/shell/pages.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { CrossLink, LogView } from "@/lib/logs/define.ts";
import type { TableColumnOfView } from "@/lib/logs/table-columns.ts";
import { searchString } from "./conditions.ts";
import { DetailsCell } from "./details-cell.tsx";
import { formatCount, formatDuration, formatOffset, toneOf } from "./format-values.ts";
import type { Row } from "./log-api.ts";

type CellProps = { view: LogView; column: string; kind: TableColumnOfView["kind"]; row: Row };

/** A value in the table, on one line and cut where it is too long. */
export function LogCell({ view, column, kind, row }: CellProps) {
  if (kind === "details") return <DetailsCell view={view} column={column} row={row} />;
  const value = row[column] ?? null;
  if (value === null || value === "") {
    const unplaced = column === "place" && row["clientAddress"];
    return <span className="text-ink-3">{unplaced ? "unknown" : "–"}</span>;
  }
  switch (kind) {
    case "time":
      return <TimeText time={String(value)} className="max-md:[&>span]:hidden" />;
    case "badge":
      return (
        <Badge tone={toneOf(String(value))}>
          <VisibleText text={String(value)} />
        </Badge>
      );
    case "duration":
      return <Duration us={Number(value)} />;
    case "count":
      return <LinkedValue view={view} column={column} row={row} text={formatCount(Number(value))} />;
    case "code":
      return <span className="tabular truncate">{value}</span>;
    case "connection":
      return <ConnectionLink id={String(value)} />;
    case "replay":
      return <ReplayLink row={row} ms={Number(value)} />;
    case "command":
    case "json":
      return (
        <span className="truncate font-mono text-xs">
          <VisibleText text={String(value)} />
        </span>
      );
    case "id":
      return (
        <span className="truncate font-mono text-xs text-ink-2">
          <VisibleText text={String(value)} />
        </span>
      );
    case "text":
      return (
        <span className="truncate">
          <VisibleText text={String(value)} />
        </span>
      );
  }
}

/** From here on a request is called slow. */
const slowUs = 1_000_000;

function Duration({ us }: { us: number }) {
  return (
    <span className="flex items-center gap-1 truncate tabular">
      {formatDuration(us)}
      {us >= slowUs && <Timer aria-label="slow" className="size-3 shrink-0 text-warning" />}
    </span>
  );
}

/** The end of an id tells rows apart: its beginning is a time, and neighbours share it. */
function shortId(id: string): string {
  return id.length > 13 ? `…${id.slice(-12)}` : id;
}

/** The way on from a column: a link of the view that goes by it, or that it counts (`API calls`). */
export function linkOfColumn(view: LogView, column: string): CrossLink | undefined {
  const header = view.columns[column]?.header;
  return view.links.find((link) => link.column === column || link.label === header);
}

/** Where a link leads from this row; undefined where the row has nothing to go by. */
export function linkTarget(link: CrossLink, row: Row): string | undefined {
  const value = row[link.column];
  if (value === null || value === undefined) return undefined;
  if (link.when && !link.when.values.includes(String(row[link.when.column]))) return undefined;
  return `${logPath(link.view)}${searchString(new URLSearchParams({ [link.filter]: String(value) }))}`;
}

/** No Link: the player on that page has a policy of its own, which comes with a full load. */
function ConnectionLink({ id }: { id: string }) {
  return (
    <a
      href={connectionPath(id)}
      tabIndex={-1}
      title={`Connection · ${id}`}
      className="truncate font-mono text-xs text-accent hover:underline"
    >
      {shortId(id)}
    </a>
  );
}

/** To the second of the recording at which it happened. */
function ReplayLink({ row, ms }: { row: Row; ms: number }) {
  const { connectionId } = row;
  const text = formatOffset(ms * 1000);
  if (typeof connectionId !== "string") return <span className="tabular">{text}</span>;
  return (
    <a
      href={connectionPath(connectionId, ms / 1000)}
      tabIndex={-1}
      aria-label={`Replay at ${text}`}
      className="flex items-center gap-1 text-accent tabular hover:underline"
    >
      <Play aria-hidden className="size-3 fill-current" />
      {text}
    </a>
  );
}

type LinkedProps = { view: LogView; column: string; row: Row; text: string };

function LinkedValue({ view, column, row, text }: LinkedProps) {
  const link = linkOfColumn(view, column);
  const href = link && linkTarget(link, row);
  const className = "tabular truncate";
  if (!link || href === undefined) return <span className={className}>{text}</span>;
  return (
    <Link
      href={href}
      prefetch={false}
      tabIndex={-1}
      title={link.label}
      className={`${className} text-accent hover:underline`}
    >
      {text}
    </Link>
  );
}
