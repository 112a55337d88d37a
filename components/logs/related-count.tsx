"use client";

import { ArrowUpRight, ChevronDown } from "lucide-react";
import Link from "next/link";
import { Popover } from "@/components/ui/popover.tsx";
import type { CrossLink, LogView } from "@/lib/logs/define.ts";
import { LogCell, linkOfColumn, linkTarget } from "./cells.tsx";
import { formatCount } from "./format-values.ts";
import type { Row } from "./log-api.ts";
import { RelatedList } from "./related-rows.tsx";

type CountCellProps = { view: LogView; column: string; row: Row };

/** How many rows belong to a row of the table, which a press lists in place. */
export function CountCell({ view, column, row }: CountCellProps) {
  const count = Number(row[column] ?? 0);
  const link = linkOfColumn(view, column);
  const href = link && linkTarget(link, row);
  if (!link || href === undefined || count === 0)
    return <LogCell view={view} column={column} kind="count" row={row} />;
  return <RelatedCount link={link} href={href} value={String(row[link.column])} count={count} />;
}

type RelatedCountProps = { link: CrossLink; href: string; value: string; count: number };

function RelatedCount({ link, href, value, count }: RelatedCountProps) {
  const words = `${formatCount(count)} ${link.label}`;
  return (
    <Popover
      look="quiet"
      size="sm"
      align="end"
      tabIndex={-1}
      className="tabular -mr-1.5 text-accent"
      panelClass="w-160"
      panelLabel={words}
      trigger={
        <>
          <span>{formatCount(count)}</span>
          <ChevronDown aria-hidden className="size-3" />
          <span className="sr-only">{link.label}</span>
        </>
      }
    >
      {() => (
        // biome-ignore lint/a11y/noStaticElementInteractions: what is pressed in here is not pressed in the table
        <div
          className="px-4 pt-1 pb-2 whitespace-normal"
          onClick={(event) => event.stopPropagation()}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <div className="flex h-8 items-center justify-between gap-2">
            <h3 className="font-medium">{words}</h3>
            <Link
              data-autofocus
              href={href}
              prefetch={false}
              className="flex items-center gap-1 text-accent hover:underline"
            >
              Show all <span className="sr-only">of {link.label}</span>
              <ArrowUpRight aria-hidden className="size-3.5" />
            </Link>
          </div>
          <RelatedList link={link} value={value} />
        </div>
      )}
    </Popover>
  );
}
