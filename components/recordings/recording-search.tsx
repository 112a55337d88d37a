"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { formatOffset } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { Input } from "@/components/ui/input.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingHit } from "@/lib/recordings/recording-line.ts";
import { searchRecording } from "./recording-api.ts";

type SearchProps = {
  recordingId: string;
  hits: readonly RecordingHit[] | undefined;
  onHits: (hits: RecordingHit[] | undefined) => void;
  onSeek: (us: number) => void;
};

/** Words in everything that this recording showed, scrolled out of sight or not. */
export function RecordingSearch({ recordingId, hits, onHits, onSeek }: SearchProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const [words, setWords] = useState("");
  /** What the hits are of, and which of them was gone to last. */
  const [found, setFound] = useState<{ words: string; at: number | undefined; whole: boolean }>();
  const asked = useRef<AbortController>(null);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => () => asked.current?.abort(), []);

  async function search() {
    asked.current?.abort();
    setError(undefined);
    if (words.trim() === "") {
      onHits(undefined);
      return;
    }
    const abort = new AbortController();
    asked.current = abort;
    setBusy(true);
    try {
      const { hits, whole } = await searchRecording(recordingId, words.trim(), abort.signal);
      onHits(hits);
      setFound({ words: words.trim(), at: undefined, whole });
    } catch (failure) {
      if (abort.signal.aborted) return;
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
    if (!abort.signal.aborted) setBusy(false);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    // Asked once more, it goes on to the next.
    if (hits && hits.length > 0 && found?.words === words.trim()) step(1);
    else void search();
  }

  function go(at: number) {
    const hit = hits?.[at];
    if (!hit || !found) return;
    setFound({ ...found, at });
    onSeek(hit.atUs);
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function step(by: 1 | -1) {
    if (!hits || hits.length === 0) return;
    const from = found?.at ?? (by === 1 ? -1 : 0);
    go((from + by + hits.length) % hits.length);
  }

  return (
    <div className="flex shrink-0 flex-col gap-1 border-b border-line pb-2">
      <search>
        <form onSubmit={submit} className="flex gap-1">
          <Input
            type="search"
            aria-label="Search in this recording"
            placeholder="Search in this recording"
            value={words}
            maxLength={256}
            onChange={(event) => {
              setWords(event.target.value);
              if (event.target.value === "") onHits(undefined);
            }}
          />
          <Button type="submit">Find</Button>
        </form>
      </search>
      {busy && <Spinner label="Looking" />}
      {error && <ErrorNotice error={error} what="The search failed." onRetry={() => void search()} />}
      {hits && !busy && (
        <>
          <div className="flex min-h-7 items-center gap-1">
            <p role="status" className="flex-1 px-2 text-xs text-ink-2 tabular">
              {hits.length === 0
                ? "Not in this recording. Whole words are looked for."
                : `${found?.at === undefined ? "" : `${found.at + 1} of `}${found?.whole === false ? "the first " : ""}${hits.length} ${hits.length === 1 ? "line" : "lines"}`}
            </p>
            {hits.length > 1 && (
              <>
                <Button look="quiet" square aria-label="Previous hit" onClick={() => step(-1)}>
                  <ChevronUp aria-hidden className="size-4" />
                </Button>
                <Button look="quiet" square aria-label="Next hit" onClick={() => step(1)}>
                  <ChevronDown aria-hidden className="size-4" />
                </Button>
              </>
            )}
          </div>
          {hits.length > 0 && (
            <ol ref={list} aria-label="Search results" className="max-h-48 overflow-y-auto scroll-thin">
              {hits.map(({ atUs, line }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two lines of one moment may say the same
                <li key={place}>
                  <button
                    type="button"
                    onClick={() => go(place)}
                    {...(place === found?.at && { "aria-current": "true" })}
                    className={cx(
                      "flex w-full items-baseline gap-2 rounded-md px-2 py-1 text-left focus-visible:outline-offset-[-2px]",
                      place === found?.at ? "bg-warning-soft" : "hover:bg-hover",
                    )}
                  >
                    <span className="w-12 shrink-0 text-right text-xs text-ink-2 tabular">
                      {formatOffset(atUs)}
                    </span>
                    <span className="line-clamp-2 min-w-0 flex-1 font-mono text-xs wrap-anywhere">
                      <VisibleText text={line} />
                    </span>
                  </button>
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </div>
  );
}
