"use client";

import { memo, type RefObject, useEffect, useMemo, useRef } from "react";
import { formatOffset } from "@/components/logs/format-values.ts";
import { cx } from "@/components/ui/cx.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordedCommand } from "@/lib/recordings/commands.ts";
import type { RecordedCall } from "@/lib/recordings/playback.ts";

type ListProps = {
  commands: readonly RecordedCommand[];
  /** What the connection asked of a Kubernetes API meanwhile. */
  calls: readonly RecordedCall[];
  atUs: number;
  onSeek: (us: number) => void;
};

/** A line of the list: a command, or an API call. */
type Entry = {
  timeUs: number;
  text: string;
  failure: string | undefined;
  kind: RecordedCommand["origin"] | "call";
};

/** The player's clock may stop just before a moment that was sought. */
const toleranceUs = 2000;
/** Very long sessions: what is beyond is in the log of commands. */
const mostShown = 2000;

const titles: { [kind in Entry["kind"]]: string } = {
  inferred: "Inferred from what the terminal showed",
  reported: "Reported by the shell",
  call: "Asked of the Kubernetes API",
};

function entriesOf(commands: readonly RecordedCommand[], calls: readonly RecordedCall[]): Entry[] {
  const entries = [
    ...commands.map(
      ({ timeUs, command, exitCode, origin }): Entry => ({
        timeUs,
        text: command,
        failure: exitCode === undefined || exitCode === 0 ? undefined : `exit ${exitCode}`,
        kind: origin,
      }),
    ),
    ...calls.map(
      ({ timeUs, verb, uri, status, outcome }): Entry => ({
        timeUs,
        text: `${verb} ${uri}`,
        failure: outcome === "success" || outcome === "pending" ? undefined : String(status ?? outcome),
        kind: "call",
      }),
    ),
  ];
  return entries.sort((a, b) => a.timeUs - b.timeUs);
}

/**
 * The commands of the session and its API calls. The one that is on the screen is marked and kept in sight; a
 * press goes to it.
 */
export function CommandList({ commands, calls, atUs, onSeek }: ListProps) {
  const list = useRef<HTMLOListElement>(null);
  const entries = useMemo(() => entriesOf(commands, calls), [commands, calls]);
  const shown = useMemo(() => entries.slice(0, mostShown), [entries]);
  const current = shown.findLastIndex(({ timeUs }) => timeUs <= atUs + toleranceUs);

  useEffect(() => {
    const box = list.current;
    const item = box?.children[current];
    if (!box || !(item instanceof HTMLElement)) return;
    // Within the list only: the page stays where its reader left it.
    const top = item.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + item.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTo({ top: Math.max(0, top - box.clientHeight / 3) });
  }, [current]);

  if (entries.length === 0)
    return <p className="px-2 py-1.5 text-ink-2">No command was found in this session.</p>;
  return (
    <>
      <Items list={list} shown={shown} current={current} onSeek={onSeek} />
      <p className="px-2 pt-1 text-xs text-ink-3">
        {entries.length > mostShown ? `The first ${mostShown} of ${entries.length}. ` : ""}
        {commands.some(({ origin }) => origin === "inferred") &&
          "Inferred: read off the terminal, not told by the shell."}
      </p>
    </>
  );
}

type ItemsProps = {
  list: RefObject<HTMLOListElement | null>;
  shown: readonly Entry[];
  current: number;
  onSeek: (us: number) => void;
};

/** Drawn anew when another command is current, not whenever the clock moves. */
const Items = memo(function Items({ list, shown, current, onSeek }: ItemsProps) {
  return (
    <ol ref={list} aria-label="Commands" className="min-h-0 flex-1 overflow-y-auto scroll-thin">
      {shown.map(({ timeUs, text, failure, kind }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: commands of one session keep their order
        <li key={place}>
          <button
            type="button"
            onClick={() => onSeek(timeUs)}
            {...(place === current && { "aria-current": "true" })}
            title={titles[kind]}
            className={cx(
              "flex w-full items-baseline gap-2 rounded-md px-2 py-1 text-left focus-visible:outline-offset-[-2px]",
              place === current ? "bg-accent-soft" : "hover:bg-hover",
            )}
          >
            <span className="w-12 shrink-0 text-right text-xs text-ink-2 tabular">
              {formatOffset(timeUs)}
            </span>
            <span
              className={cx(
                "line-clamp-3 min-w-0 flex-1 font-mono text-xs whitespace-pre-wrap wrap-anywhere",
                kind === "call" && "text-ink-2",
              )}
            >
              {kind === "call" && <span className="font-sans text-accent">API </span>}
              <VisibleText text={text} lines />
            </span>
            {failure !== undefined && <span className="shrink-0 text-xs text-failure">{failure}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
});
