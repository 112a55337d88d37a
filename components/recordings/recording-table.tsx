"use client";

import { Lock } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { formatBytes, formatCount, formatDuration } from "@/components/logs/format-values.ts";
import { connectionPath } from "@/components/shell/pages.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { buttonClass } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Checkbox } from "@/components/ui/input.tsx";
import { headClass } from "@/components/ui/table-classes.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { whyLeftOut } from "@/lib/recordings/archive.ts";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import { type RecordingsQuery, recordingsHref, unfiltered } from "@/lib/recordings/recordings-query.ts";
import { DownloadMenu } from "./download-menu.tsx";
import { RecordingActions } from "./recording-actions.tsx";
import { RecordingBadge } from "./recording-badge.tsx";

type TableProps = {
  query: RecordingsQuery;
  lines: readonly RecordingLine[];
  more: boolean;
  mayDelete: boolean;
};

const cell = "h-8 border-b border-line px-2 py-1";
const fromMd = "max-lg:hidden";
const fromXl = "max-xl:hidden";

/** Sessions, newest first, with what can be done with each at the right. */
export function RecordingTable({ query, lines, more, mayDelete }: TableProps) {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  if (lines.length === 0) return <Nothing query={query} />;
  // What is no longer listed is no longer selected.
  const selectable = lines.filter((line) => whyLeftOut(line) === undefined).map(({ id }) => id);
  const selected = selectable.filter((id) => marked.has(id));
  const select = (ids: readonly string[], on: boolean) =>
    setMarked((before) => new Set(on ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))));
  const ofOne = query.user !== "";
  const last = lines.at(-1);
  return (
    <>
      <div className="flex justify-end">
        <DownloadMenu query={query} selected={selected} />
      </div>
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">{ofOne ? `Sessions of ${query.user}` : "Sessions of everybody"}</caption>
        <thead>
          <tr>
            <th scope="col" className={cx(headClass, "w-8")}>
              <Checkbox
                className="block"
                aria-label="Select all on this page"
                disabled={selectable.length === 0}
                checked={selectable.length > 0 && selected.length === selectable.length}
                onChange={({ currentTarget }) => select(selectable, currentTarget.checked)}
              />
            </th>
            <th scope="col" className={cx(headClass, "sm:w-40")}>
              Start <ZoneName />
            </th>
            {!ofOne && (
              <th scope="col" className={cx(headClass, fromMd)}>
                User
              </th>
            )}
            <th scope="col" className={cx(headClass, "max-sm:hidden")}>
              Target
            </th>
            <th scope="col" className={cx(headClass, fromMd, "w-28")}>
              Target user
            </th>
            <th scope="col" className={cx(headClass, fromMd, "w-24 text-right")}>
              Duration
            </th>
            <th scope="col" className={cx(headClass, fromXl, "w-20 text-right")}>
              Size
            </th>
            <th scope="col" className={cx(headClass, fromXl, "w-24 text-right")}>
              Commands
            </th>
            <th scope="col" className={cx(headClass, fromMd, "w-36")}>
              State
            </th>
            <th scope="col" className={cx(headClass, "w-24")}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row
              key={line.id}
              line={line}
              ofOne={ofOne}
              mayDelete={mayDelete}
              selected={selected.includes(line.id)}
              onSelect={(on) => select([line.id], on)}
            />
          ))}
        </tbody>
      </table>
      {(more || query.after) && (
        <nav aria-label="Pages" className="flex gap-2">
          {query.after && (
            <Link href={recordingsHref(query, {})} prefetch={false} className={buttonClass()}>
              First page
            </Link>
          )}
          {more && last && (
            <Link
              href={recordingsHref(query, { after: { startedAt: last.startedAt, id: last.id } })}
              prefetch={false}
              className={buttonClass()}
            >
              Next page
            </Link>
          )}
        </nav>
      )}
    </>
  );
}

type RowProps = {
  line: RecordingLine;
  ofOne: boolean;
  mayDelete: boolean;
  selected: boolean;
  onSelect: (on: boolean) => void;
};

function Row({ line, ofOne, mayDelete, selected, onSelect }: RowProps) {
  // What is counted at the end is not known before.
  const live = line.state === "live";
  const duration = line.durationUs === null ? "–" : formatDuration(line.durationUs);
  return (
    <tr className="hover:bg-hover">
      <td className={cell}>
        <Checkbox
          className="block"
          aria-label={`Select the session of ${line.user} on ${line.target} at ${line.startedAt}`}
          disabled={whyLeftOut(line) !== undefined}
          checked={selected}
          onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
        />
      </td>
      <th scope="row" className={cx(cell, "text-left font-normal")}>
        <a
          href={connectionPath(line.connectionId, undefined, line.id)}
          className="whitespace-nowrap text-accent hover:underline"
        >
          <Moment time={line.startedAt} otherwise="" />
        </a>
        <span className="block truncate text-xs text-ink-2 lg:hidden">
          {!ofOne && (
            <>
              <VisibleText text={line.user} />{" "}
            </>
          )}
          <span className="sm:hidden">
            on <VisibleText text={line.target} />
          </span>
        </span>
        <span className="flex gap-2 truncate text-xs text-ink-2 lg:hidden">
          <RecordingBadge state={line.state} denied={line.denied} /> {duration}
        </span>
      </th>
      {!ofOne && (
        <td className={cx(cell, fromMd, "truncate")} title={line.user}>
          <VisibleText text={line.user} />
        </td>
      )}
      <td className={cx(cell, "truncate max-sm:hidden")} title={line.target}>
        <VisibleText text={line.target} />
      </td>
      <td className={cx(cell, fromMd, "truncate")}>
        {line.targetUser === null ? (
          <span className="text-ink-3">–</span>
        ) : (
          <VisibleText text={line.targetUser} />
        )}
      </td>
      <td className={cx(cell, fromMd, "text-right tabular whitespace-nowrap")}>{duration}</td>
      <td className={cx(cell, fromXl, "text-right tabular whitespace-nowrap")}>
        {live ? "–" : formatBytes(line.bytes)}
      </td>
      <td className={cx(cell, fromXl, "text-right tabular")}>{live ? "–" : formatCount(line.commands)}</td>
      <td className={cx(cell, fromMd)}>
        <RecordingBadge state={line.state} denied={line.denied} />
        {line.hold && (
          <Lock aria-label="under a legal hold" className="ml-1.5 inline size-3.5 align-[-2px] text-ink-2" />
        )}
      </td>
      <td className={cx(cell, "text-right whitespace-nowrap")}>
        <RecordingActions line={line} mayDelete={mayDelete} inRow />
      </td>
    </tr>
  );
}

function Nothing({ query }: { query: RecordingsQuery }) {
  return (
    <EmptyState>
      <p>
        No session matches.{" "}
        <Link
          href={recordingsHref(query, { ...unfiltered, user: "" })}
          prefetch={false}
          className="text-accent underline"
        >
          Show all
        </Link>
      </p>
    </EmptyState>
  );
}
