"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import { cx } from "@/components/ui/cx.ts";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { Moment } from "./moment.tsx";
import { SourceState } from "./source-state.tsx";

type TableProps = { sources: readonly SourceHealthLine[]; kindTitles: { [kind: string]: string } };

const fromMd = "max-md:hidden";
const fromLg = "max-lg:hidden";
const fromXl = "max-xl:hidden";
const figure = "text-right tabular";

/** Columns keep their width while figures change. */
export function SourceTable({ sources, kindTitles }: TableProps) {
  return (
    <table className="w-full table-fixed border-collapse">
      <caption className="sr-only">Sources and how they fare</caption>
      <thead>
        <tr>
          <th scope="col" className={headClass}>
            Name
          </th>
          <th scope="col" className={cx(headClass, fromLg, "w-32")}>
            Kind
          </th>
          <th scope="col" className={cx(headClass, "w-24")}>
            State
          </th>
          <th scope="col" className={cx(headClass, fromMd, "w-40")}>
            Last received <ZoneName />
          </th>
          <th scope="col" className={cx(headClass, fromXl, "w-40")}>
            Last record <ZoneName />
          </th>
          <th scope="col" className={cx(headClass, fromMd, "w-20 text-right")}>
            <abbr
              title="Accepted records per minute, over the last five full minutes"
              className="no-underline"
            >
              Per min
            </abbr>
          </th>
          <th scope="col" className={cx(headClass, fromLg, "w-24 text-right")}>
            Accepted
          </th>
          <th scope="col" className={cx(headClass, fromXl, "w-24 text-right")}>
            Duplicates
          </th>
          <th scope="col" className={cx(headClass, fromMd, "w-24 text-right")}>
            Quarantined
          </th>
          <th scope="col" className={cx(headClass, fromXl, "w-20 text-right")}>
            Skipped
          </th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <SourceRow key={source.id} source={source} kindTitle={kindTitles[source.kind] ?? source.kind} />
        ))}
      </tbody>
    </table>
  );
}

function SourceRow({ source, kindTitle }: { source: SourceHealthLine; kindTitle: string }) {
  return (
    <tr className="hover:bg-hover">
      <th scope="row" className={cx(cellClass, "text-left font-normal wrap-anywhere")}>
        <Link
          href={`/settings/sources/${source.id}`}
          prefetch={false}
          className="font-medium hover:underline"
        >
          <VisibleText text={source.name} />
        </Link>
        <div className="truncate text-xs text-ink-2 lg:hidden">
          {kindTitle}
          <span className="md:hidden">, {formatRate(source.perMinute)} per min</span>
        </div>
        <div className="text-xs text-ink-2 md:hidden">
          <span className="sr-only">Last received: </span>
          <Moment time={source.lastReceivedAt} otherwise="no record yet" withZone />
        </div>
        <div className="text-xs text-ink-2 md:hidden">
          {formatCount(source.accepted)} accepted, <Quarantined source={source}> quarantined</Quarantined>
        </div>
      </th>
      <td className={cx(cellClass, fromLg, "truncate")} title={kindTitle}>
        {kindTitle}
      </td>
      <td className={cellClass}>
        <SourceState state={source.state} />
      </td>
      <td className={cx(cellClass, fromMd)}>
        <Moment time={source.lastReceivedAt} otherwise="never" />
      </td>
      <td className={cx(cellClass, fromXl)}>
        <Moment time={source.lastRecordTime} otherwise="none" />
      </td>
      <td className={cx(cellClass, fromMd, figure)}>{formatRate(source.perMinute)}</td>
      <td className={cx(cellClass, fromLg, figure)}>{formatCount(source.accepted)}</td>
      <td className={cx(cellClass, fromXl, figure)}>{formatCount(source.duplicates)}</td>
      <td className={cx(cellClass, fromMd, figure)}>
        <Quarantined source={source} />
      </td>
      <td className={cx(cellClass, fromXl, figure)}>{formatCount(source.skipped)}</td>
    </tr>
  );
}

/** The number of waiting records leads to them. */
function Quarantined({ source, children }: { source: SourceHealthLine; children?: ReactNode }) {
  const count = formatCount(source.quarantined);
  if (source.quarantined === 0) {
    return (
      <>
        {count}
        {children}
      </>
    );
  }
  return (
    <Link
      href={`/settings/sources/${source.id}#quarantine`}
      prefetch={false}
      className="font-medium text-warning underline"
      aria-label={`${count} quarantined records of ${source.name}`}
    >
      {count}
      {children}
    </Link>
  );
}

/** One decimal below ten: a slow source shows that it lives. */
export function formatRate(perMinute: number): string {
  return perMinute > 0 && perMinute < 10 ? perMinute.toFixed(1) : formatCount(Math.round(perMinute));
}
