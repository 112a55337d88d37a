"use client";

import { useEffect, useState } from "react";
import { leaveWhenSignedOut } from "@/components/shell/leave-signed-out.ts";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";

/** `refused`: the server said no, as it does when the session has ended; it is asked again a little later. */
export type Liveness = "connecting" | "live" | "refused";

const retryMs = 5_000;

/**
 * Keeps sources as they are now, by one stream of events; none while the tab is hidden.
 * @param given what the server rendered; another value of it takes the place of what came since
 */
export function useLiveSources(given: readonly SourceHealthLine[]): {
  sources: readonly SourceHealthLine[];
  liveness: Liveness;
} {
  const [from, setFrom] = useState(given);
  const [sources, setSources] = useState(given);
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  if (from !== given) {
    setFrom(given);
    setSources(given);
  }

  useEffect(() => {
    let stream: EventSource | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    function follow() {
      const opened = new EventSource("/api/v1/sources/live");
      opened.addEventListener("ended", () => void leaveWhenSignedOut());
      opened.addEventListener("open", () => setLiveness("live"));
      opened.addEventListener("sources", ({ data }: MessageEvent<string>) => {
        const told: { sources: SourceHealthLine[] } = JSON.parse(data);
        setSources(told.sources);
      });
      opened.addEventListener("error", () => {
        // A lost connection is opened again by the browser, one that was refused is not.
        const refused = opened.readyState === EventSource.CLOSED;
        setLiveness(refused ? "refused" : "connecting");
        if (!refused) return;
        retrying = setTimeout(follow, retryMs);
        void leaveWhenSignedOut();
      });
      stream = opened;
    }
    function stop() {
      clearTimeout(retrying);
      stream?.close();
    }
    function onVisibility() {
      stop();
      if (!document.hidden) follow();
    }
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      stop();
    };
  }, []);

  return { sources, liveness };
}
