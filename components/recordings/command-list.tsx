"use client";

import { memo, type RefObject, useEffect, useMemo, useRef } from "react";
import { formatOffset } from "@/components/logs/format-values.ts";
import { cx } from "@/components/ui/cx.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordedCommand } from "@/lib/recordings/commands.ts";

type ListProps = { commands: readonly RecordedCommand[]; atUs: number; onSeek: (us: number) => void };

/** The player's clock may stop just before a moment that was sought. */
const toleranceUs = 2000;
/** Very long sessions: what is beyond is in the log of commands. */
const mostShown = 2000;

/** The commands of the session. The one that is on the screen is marked and kept in sight; a press goes to it. */
export function CommandList({ commands, atUs, onSeek }: ListProps) {
  const list = useRef<HTMLOListElement>(null);
  const shown = useMemo(() => commands.slice(0, mostShown), [commands]);
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

  if (commands.length === 0)
    return <p className="px-2 py-1.5 text-ink-2">No command was found in this session.</p>;
  return (
    <>
      <Items list={list} shown={shown} current={current} onSeek={onSeek} />
      <p className="px-2 pt-1 text-xs text-ink-3">
        {commands.length > mostShown ? `The first ${mostShown} of ${commands.length}. ` : ""}
        {commands.some(({ origin }) => origin === "inferred") &&
          "Inferred: read off the terminal, not told by the shell."}
      </p>
    </>
  );
}

type ItemsProps = {
  list: RefObject<HTMLOListElement | null>;
  shown: readonly RecordedCommand[];
  current: number;
  onSeek: (us: number) => void;
};

/** Drawn anew when another command is current, not whenever the clock moves. */
const Items = memo(function Items({ list, shown, current, onSeek }: ItemsProps) {
  return (
    <ol ref={list} aria-label="Commands" className="min-h-0 flex-1 overflow-y-auto scroll-thin">
      {shown.map(({ timeUs, command, exitCode, origin }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: commands of one session keep their order
        <li key={place}>
          <button
            type="button"
            onClick={() => onSeek(timeUs)}
            {...(place === current && { "aria-current": "true" })}
            title={origin === "inferred" ? "Inferred from what the terminal showed" : "Reported by the shell"}
            className={cx(
              "flex w-full items-baseline gap-2 rounded-md px-2 py-1 text-left focus-visible:outline-offset-[-2px]",
              place === current ? "bg-accent-soft" : "hover:bg-hover",
            )}
          >
            <span className="w-12 shrink-0 text-right text-xs text-ink-2 tabular">
              {formatOffset(timeUs)}
            </span>
            <span className="line-clamp-3 min-w-0 flex-1 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
              <VisibleText text={command} lines />
            </span>
            {exitCode !== undefined && exitCode !== 0 && (
              <span className="shrink-0 text-xs text-failure">exit {exitCode}</span>
            )}
          </button>
        </li>
      ))}
    </ol>
  );
});
