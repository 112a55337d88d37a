"use client";

import Link from "next/link";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import type { PageState } from "@/components/data-table/page-store.ts";
import { countOf } from "@/components/data-table/page-window.ts";
import { useMayOpen } from "@/components/shell/own-pages.tsx";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import type { LogSlug } from "@/lib/logs/views.ts";
import { ErrorNotice } from "./error-notice.tsx";
import { firstRecordCommand } from "./first-record.ts";
import { formatCount } from "./format-values.ts";

type ListEndProps<R> = {
  view: LogView;
  /** What is listed. */
  things?: "rows" | "workflows";
  state: PageState<R>;
  filtered: boolean;
  onClear: () => void;
  onRetry: () => void;
  onGoOn: () => void;
  /** How rows that match would get here, where that can be said. */
  hint?: ReactNode;
};

/** What stands below the rows: their end, why there are none, what failed, how to go on. */
export function ListEnd<R>({
  view,
  things = "rows",
  state,
  filtered,
  onClear,
  onRetry,
  onGoOn,
  hint,
}: ListEndProps<R>) {
  const { window, phase, error, scannedTo, stale } = state;
  const count = countOf(window);
  if (phase === "failed" && error) {
    const kept = stale ? " The rows above answer the filters before." : " The rows above are still right.";
    return (
      <ErrorNotice
        error={error}
        what={`${view.title} could not be listed.${count > 0 ? kept : ""}`}
        onRetry={onRetry}
      />
    );
  }
  if (phase === "stopped") {
    return (
      <div className="flex flex-wrap items-center gap-3 px-3 py-4 text-ink-2">
        <span>
          Stopped
          {scannedTo !== null && (
            <>
              {" "}
              at <TimeText time={scannedTo} withZone />
            </>
          )}
          . {count === 0 ? "Nothing found so far." : `${formatCount(count)} found so far.`}
        </span>
        <Button onClick={onGoOn}>Search on</Button>
      </div>
    );
  }
  if (stale || !window.ended) {
    return (
      <div className="flex h-16 items-center px-3">
        {phase === "loading" && !stale && <Spinner label="Loading" />}
      </div>
    );
  }
  if (count > 0)
    return (
      <p className="px-3 py-4 text-xs text-ink-3">
        End of {formatCount(count)} {things}.
      </p>
    );
  return filtered ? <NothingMatches onClear={onClear} hint={hint} /> : <NothingYet view={view} />;
}

function NothingMatches({ onClear, hint }: { onClear: () => void; hint: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-3 px-3 py-8">
      <p className="text-base font-medium">Nothing matches these filters.</p>
      <p className="text-ink-2">Everything in the time range was looked through.</p>
      {hint}
      <Button onClick={onClear} aria-keyshortcuts="Backspace">
        Clear all filters
      </Button>
    </div>
  );
}

/** `Commands` within a sentence; names such as Kubernetes stay as they are. */
function startingSmall(title: string): string {
  return /^(Kubernetes|API)/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1);
}

const noSubscription = () => () => undefined;

/** How the first record gets here. */
function NothingYet({ view }: { view: LogView }) {
  const origin = useSyncExternalStore(
    noSubscription,
    () => window.location.origin,
    () => "",
  );
  const [now] = useState(() => `${new Date().toISOString().slice(0, 19)}Z`);
  const mayAddSources = useMayOpen("/settings/sources");
  const command = firstRecordCommand(view.slug as LogSlug, now, origin);
  if (command !== undefined && !mayAddSources) return <NothingForYou view={view} />;
  return (
    <div className="flex max-w-3xl flex-col items-start gap-3 px-3 py-8">
      <p className="text-base font-medium">No {startingSmall(view.title)} yet.</p>
      <p className="text-ink-2">{view.description}</p>
      {command === undefined ? (
        <p className="text-ink-2">Daybook writes this log itself: the next request will be the first row.</p>
      ) : (
        <>
          <p className="text-ink-2">
            Records come from sources. Create one under Settings → Sources: it shows its token once, and the
            lines to paste on an SSH host, for sudo or a kube-apiserver. To see a first row at once, post one
            yourself:
          </p>
          <div className="flex w-full items-start gap-2 rounded-md bg-sunken p-3" suppressHydrationWarning>
            <pre
              className="min-w-0 flex-1 font-mono text-xs wrap-anywhere whitespace-pre-wrap"
              suppressHydrationWarning
            >
              {command}
            </pre>
            <CopyButton text={command} label="Copy the command" />
          </div>
          <Link href="/settings/sources" prefetch={false} className={buttonClass("primary")}>
            Settings → Sources
          </Link>
        </>
      )}
    </div>
  );
}

/** For whom neither sets up sources nor, perhaps, sees all that there is. */
function NothingForYou({ view }: { view: LogView }) {
  return (
    <div className="flex max-w-3xl flex-col items-start gap-3 px-3 py-8">
      <p className="text-base font-medium">No {startingSmall(view.title)} that you may see yet.</p>
      <p className="text-ink-2">{view.description}</p>
      <p className="text-ink-2">
        Records come from sources, which an admin of your organization sets up. What you see of them depends
        on your role and your groups: a member sees own rows alone.
      </p>
    </div>
  );
}
