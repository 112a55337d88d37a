"use client";

import { useEffect, useState } from "react";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";

/** `broken`: the server refused, as it does when the session has ended. */
export type Liveness = "connecting" | "live" | "broken";

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
    function follow() {
      const opened = new EventSource("/api/v1/sources/live");
      opened.addEventListener("open", () => setLiveness("live"));
      opened.addEventListener("sources", ({ data }: MessageEvent<string>) => {
        const told: { sources: SourceHealthLine[] } = JSON.parse(data);
        setSources(told.sources);
      });
      opened.addEventListener("error", () => {
        setLiveness(opened.readyState === EventSource.CLOSED ? "broken" : "connecting");
      });
      stream = opened;
    }
    function onVisibility() {
      stream?.close();
      if (!document.hidden) follow();
    }
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      stream?.close();
    };
  }, []);

  return { sources, liveness };
}
