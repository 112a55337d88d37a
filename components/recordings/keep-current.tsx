"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef } from "react";
import { followEvents } from "@/components/shell/follow-events.ts";

/** The list is read anew at most this often. */
const apartMs = 1_000;

/**
 * Reads the page anew when sessions have begun or ended since it was rendered; not while the tab is hidden.
 * @param version of the sessions that the page shows
 */
export function KeepCurrent({ version }: { version: string }) {
  const router = useRouter();
  const shown = useRef(version);
  const told = useRef(version);
  const refreshing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const refresh = useEffectEvent(() => {
    if (told.current === shown.current) return;
    refreshing.current ??= setTimeout(() => {
      refreshing.current = undefined;
      if (told.current !== shown.current) router.refresh();
    }, apartMs);
  });

  useEffect(() => {
    shown.current = version;
    refresh();
  }, [version]);

  useEffect(() => {
    const stop = followEvents("/api/v1/recordings/live", "sessions", (data) => {
      told.current = data;
      refresh();
    });
    return () => {
      clearTimeout(refreshing.current);
      refreshing.current = undefined;
      stop();
    };
  }, []);

  return null;
}
