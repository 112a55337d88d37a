"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp, Download } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { formatBytes } from "@/components/logs/format-values.ts";
import { ApiError } from "@/components/logs/log-api.ts";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { Input } from "@/components/ui/input.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { linkSeconds } from "./link-seconds.ts";
import { linesWith, readLines, readSome, type ShownLine } from "./text-lines.ts";

/** `path` is the page of the recording, at its beginning. */
type TextProps = { recordingId: string; path: string };

/** Bytes of text that a page holds; more of it is to be downloaded. */
const mostBytes = 16_000_000;

/** What the session showed, as text with times. That somebody reads it is written down. */
export function TextTab({ recordingId, path }: TextProps) {
  const [read, setRead] = useState<{ lines: ShownLine[]; whole: boolean }>();
  const [error, setError] = useState<Error>();
  const [attempt, setAttempt] = useState(0);
  const address = `/api/v1/recordings/${recordingId}/text`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks once more
  useEffect(() => {
    const abort = new AbortController();
    setError(undefined);
    fetchText(address, abort.signal)
      .then(setRead)
      .catch((failure: unknown) => {
        if (!abort.signal.aborted) setError(failure instanceof Error ? failure : new Error(String(failure)));
      });
    return () => abort.abort();
  }, [address, attempt]);

  if (error)
    return (
      <ErrorNotice
        error={error}
        what="The text could not be read."
        onRetry={() => setAttempt((count) => count + 1)}
      />
    );
  if (!read) return <Spinner label="Reading the text" />;
  return (
    <>
      {!read.whole && (
        <p className="text-warning">
          These are the first {formatBytes(mostBytes)} of the text. The download has all of it.
        </p>
      )}
      <Lines lines={read.lines} address={address} path={path} />
    </>
  );
}

async function fetchText(address: string, signal: AbortSignal) {
  const answer = await fetch(address, { signal });
  if (!answer.ok || !answer.body) {
    const problem: { detail?: string; requestId?: string } = await answer.json().catch(() => ({}));
    throw new ApiError(
      problem.detail ?? `The server answered ${answer.status}.`,
      answer.status,
      problem.requestId,
    );
  }
  const { text, whole } = await readSome(answer.body, mostBytes);
  return { lines: readLines(text), whole };
}

type LinesProps = { lines: readonly ShownLine[]; address: string; path: string };

function Lines({ lines, address, path }: LinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => linesWith(lines, words), [lines, words]);
  const current = found[Math.min(at, found.length - 1)];
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 30,
  });

  function go(to: number) {
    const place = found[to];
    if (place === undefined) return;
    setAt(to);
    virtual.scrollToIndex(place, { align: "center" });
  }

  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <search className="flex min-w-0 flex-1 items-center gap-1 max-sm:basis-full">
          <Input
            type="search"
            aria-label="Search in the text"
            placeholder="Search in the text"
            className="max-w-72"
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
              setAt(0);
              const [first] = linesWith(lines, event.target.value);
              if (first !== undefined) virtual.scrollToIndex(first, { align: "center" });
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || found.length === 0) return;
              go((at + (event.shiftKey ? found.length - 1 : 1)) % found.length);
            }}
          />
          <span role="status" className="px-1 whitespace-nowrap text-ink-2 tabular">
            {words.trim() !== "" &&
              (found.length === 0 ? "not found" : `${Math.min(at, found.length - 1) + 1} of ${found.length}`)}
          </span>
          <Button
            look="quiet"
            square
            aria-label="Previous"
            disabled={found.length === 0}
            onClick={() => go((at + found.length - 1) % found.length)}
          >
            <ChevronUp aria-hidden className="size-4" />
          </Button>
          <Button
            look="quiet"
            square
            aria-label="Next"
            disabled={found.length === 0}
            onClick={() => go((at + 1) % found.length)}
          >
            <ChevronDown aria-hidden className="size-4" />
          </Button>
        </search>
        <a href={address} download className={buttonClass()}>
          <Download aria-hidden className="size-4" />
          Download text
        </a>
      </div>
      {lines.length === 0 ? (
        <p className="text-ink-2">This session showed no text.</p>
      ) : (
        <section
          ref={scroller}
          aria-label="Text of the session"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard
          tabIndex={0}
          className="h-[calc(100dvh-20rem)] min-h-80 overflow-y-auto rounded-md border border-line scroll-thin"
        >
          <div className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const line = lines[index];
              if (!line) return null;
              return (
                <div
                  key={index}
                  ref={virtual.measureElement}
                  data-index={index}
                  className={cx(
                    "absolute inset-x-0 top-0 flex gap-3 px-2 font-mono text-xs leading-5",
                    index === current && words.trim() !== "" && "bg-warning-soft",
                  )}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <a
                    href={`${path}${path.includes("?") ? "&" : "?"}t=${linkSeconds(line.us)}`}
                    title="Play from here"
                    className="shrink-0 text-ink-2 tabular hover:text-accent hover:underline max-sm:hidden"
                  >
                    {line.clock}
                  </a>
                  <span className="min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere">
                    <VisibleText text={line.text} />
                  </span>
                </div>
              );
            })}
          </div>
        </section>
      )}
    </>
  );
}
