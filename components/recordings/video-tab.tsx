"use client";

import { useEffect, useState } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import type { Playback } from "@/lib/recordings/playback.ts";
import { PlayerPane } from "./player-pane.tsx";
import { fetchPlayback } from "./recording-api.ts";

type VideoProps = {
  recordingId: string;
  /** Where to begin, in microseconds of the recording. */
  startUs: number;
};

/** The player and what belongs around it, once it is known. */
export function VideoTab({ recordingId, startUs }: VideoProps) {
  const [playback, setPlayback] = useState<Playback>();
  const [error, setError] = useState<Error>();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks once more
  useEffect(() => {
    const abort = new AbortController();
    setError(undefined);
    fetchPlayback(recordingId, abort.signal)
      .then(setPlayback)
      .catch((failure: unknown) => {
        if (!abort.signal.aborted) setError(failure instanceof Error ? failure : new Error(String(failure)));
      });
    return () => abort.abort();
  }, [recordingId, attempt]);

  if (error)
    return (
      <ErrorNotice
        error={error}
        what="The recording could not be read."
        onRetry={() => setAttempt((count) => count + 1)}
      />
    );
  if (!playback)
    return (
      <div className="flex h-96 items-center justify-center">
        <Spinner label="Reading the recording" />
      </div>
    );
  return (
    <PlayerPane
      key={startUs}
      recordingId={recordingId}
      playback={playback}
      startUs={Math.min(startUs, playback.durationUs)}
    />
  );
}
