"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { formatOffset } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
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
  const asked = useRef<AbortController>(null);
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
      onHits(await searchRecording(recordingId, words.trim(), abort.signal));
    } catch (failure) {
      if (abort.signal.aborted) return;
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
    if (!abort.signal.aborted) setBusy(false);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void search();
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
          <p role="status" className="px-2 text-xs text-ink-2">
            {hits.length === 0
              ? "Not in this recording. Whole words are looked for."
              : `${hits.length} ${hits.length === 1 ? "line" : "lines"}`}
          </p>
          {hits.length > 0 && (
            <ol aria-label="Search results" className="max-h-48 overflow-y-auto scroll-thin">
              {hits.map(({ atUs, line }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two lines of one moment may say the same
                <li key={place}>
                  <button
                    type="button"
                    onClick={() => onSeek(atUs)}
                    className="flex w-full items-baseline gap-2 rounded-md px-2 py-1 text-left hover:bg-hover focus-visible:outline-offset-[-2px]"
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
