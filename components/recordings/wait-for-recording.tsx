"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { fetchRecording } from "./recording-api.ts";

const firstMs = 500;
const mostMs = 10_000;

/** Looks whether a recording was worked out meanwhile, less and less often, and then shows it. */
export function WaitForRecording({ recordingId }: { recordingId: string }) {
  const router = useRouter();
  const [error, setError] = useState<Error>();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` begins to look once more
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    setError(undefined);
    function lookIn(ms: number) {
      timer = setTimeout(() => {
        fetchRecording(recordingId, abort.signal)
          .then(({ state }) => {
            if (state === "processing") lookIn(Math.min(mostMs, ms * 1.5));
            else router.refresh();
          })
          .catch((failure: unknown) => {
            if (!abort.signal.aborted)
              setError(failure instanceof Error ? failure : new Error(String(failure)));
          });
      }, ms);
    }
    lookIn(firstMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [recordingId, router, attempt]);

  if (error)
    return (
      <ErrorNotice
        error={error}
        what="It cannot be told whether the recording is ready."
        onRetry={() => setAttempt((count) => count + 1)}
      />
    );
  return (
    <div className="rounded-md border border-line bg-sunken px-3 py-2">
      <Spinner label="The recording is here and is being worked out. It shows by itself when that is done." />
    </div>
  );
}
