"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef } from "react";
import { leaveWhenSignedOut } from "@/components/shell/leave-signed-out.ts";

const retryMs = 5_000;
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
    let stream: EventSource | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    function follow() {
      const opened = new EventSource("/api/v1/recordings/live");
      opened.addEventListener("ended", () => void leaveWhenSignedOut());
      opened.addEventListener("sessions", ({ data }: MessageEvent<string>) => {
        told.current = data;
        refresh();
      });
      opened.addEventListener("error", () => {
        // A lost connection is opened again by the browser, one that was refused is not.
        if (opened.readyState !== EventSource.CLOSED) return;
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
      clearTimeout(refreshing.current);
      refreshing.current = undefined;
      stop();
    };
  }, []);

  return null;
}
