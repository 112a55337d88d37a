"use client";

import { useEffect, useState } from "react";
import { followEvents, type Liveness } from "@/components/shell/follow-events.ts";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";

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
    const onSources = (data: string) => {
      const told: { sources: SourceHealthLine[] } = JSON.parse(data);
      setSources(told.sources);
    };
    return followEvents("/api/v1/sources/live", "sources", onSources, setLiveness);
  }, []);

  return { sources, liveness };
}
