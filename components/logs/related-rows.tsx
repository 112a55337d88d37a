"use client";

import { ArrowUpRight, ChevronDown, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";
import { logPath } from "@/components/shell/pages.ts";
import { Spinner } from "@/components/ui/progress.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import type { CrossLink, LogView } from "@/lib/logs/define.ts";
import { isLogSlug, logView } from "@/lib/logs/views.ts";
import { LogCell, linkTarget } from "./cells.tsx";
import { searchString } from "./conditions.ts";
import { fetchPage, type Page, type Row } from "./log-api.ts";
import { cursorOf } from "./use-log-list.ts";

const shownAtMost = 20;

/** What belongs to the row in other logs: opened in place for a look, or gone to. */
export function RelatedRows({ view, row }: { view: LogView; row: Row }) {
  const links = view.links.flatMap((link) => {
    const href = linkTarget(link, row);
    return href === undefined ? [] : [{ link, href }];
  });
  if (links.length === 0) return null;
  return (
    <section aria-label="Related" className="border-t border-line px-4 py-2">
      {links.map(({ link, href }) => (
        <Related
          key={`${link.view} ${link.filter}`}
          link={link}
          href={href}
          value={String(row[link.column])}
        />
      ))}
    </section>
  );
}

function Related({ link, href, value }: { link: CrossLink; href: string; value: string }) {
  const [open, setOpen] = useState(false);
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <div className="border-b border-line last:border-0">
      <div className="flex h-8 items-center justify-between gap-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="-ml-1 flex h-full flex-1 items-center gap-1 rounded px-1 text-left"
        >
          <Arrow aria-hidden className="size-3.5 text-ink-3" />
          {link.label}
        </button>
        <Link href={href} prefetch={false} className="flex items-center gap-1 text-accent hover:underline">
          Show all <span className="sr-only">of {link.label}</span>
          <ArrowUpRight aria-hidden className="size-3.5" />
        </Link>
      </div>
      {open && <RelatedList link={link} value={value} />}
    </div>
  );
}

/** The first of the rows that a link leads to, each with what says most about it. */
export function RelatedList({ link, value }: { link: CrossLink; value: string }) {
  const [page, setPage] = useState<Page>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    const params = new URLSearchParams({ [link.filter]: value, order: "asc" });
    fetchPage(link.view, params, { after: null, limit: shownAtMost, signal: abort.signal })
      .then(setPage)
      .catch((failure: unknown) => {
        if (!abort.signal.aborted) setError(failure instanceof Error ? failure.message : String(failure));
      });
    return () => abort.abort();
  }, [link, value]);

  if (error !== undefined) return <p className="pb-2 text-failure">{error}</p>;
  if (!page) return <Spinner label="Loading" />;
  if (!isLogSlug(link.view)) return null;
  const view = logView(link.view);
  const columns = tellingColumns(view, page.rows);
  return (
    <ul className="pb-2">
      {page.rows.length === 0 && <li className="text-ink-2">Nothing is recorded.</li>}
      {page.rows.map((row) => (
        <li key={row.id} className="flex items-center gap-3 py-0.5">
          <Link
            href={`${logPath(view.slug)}${searchString(new URLSearchParams({ [link.filter]: value, row: cursorOf(row) }))}`}
            prefetch={false}
            className="shrink-0 text-xs text-accent hover:underline max-sm:[&_span]:hidden"
          >
            <TimeText time={row.time} />
          </Link>
          {columns.map((column) => (
            <span key={column} className="flex min-w-0 max-w-full not-last:shrink-0">
              <LogCell view={view} column={column} kind={view.columns[column]?.cell ?? "text"} row={row} />
            </span>
          ))}
        </li>
      ))}
      {page.nextCursor !== null && (
        <li className="text-xs text-ink-3">The first {page.rows.length} of them.</li>
      )}
    </ul>
  );
}

/** What says most about a row in few words, of those columns in which something stands. */
const telling = [
  "event",
  "status",
  "verb",
  "resource",
  "command",
  "requestUri",
  "cause",
  "kind",
  "target",
  "user",
];
const mostColumns = 4;

function tellingColumns(view: LogView, rows: readonly Row[]): string[] {
  const filled = telling.filter((column) => view.columns[column] && rows.some((row) => row[column] != null));
  return filled.slice(0, mostColumns);
}
