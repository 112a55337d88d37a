"use client";

import { useEffect, useRef, useState } from "react";
import type { ScreenPicture } from "@/lib/recordings/screen-picture.ts";
import { linkSeconds } from "./link-seconds.ts";
import { fetchScreen } from "./recording-api.ts";

/** A pointer that rests so long is looked at. */
const restMs = 60;
const mostKept = 200;

/**
 * What was on the screen at a moment that somebody points at; the last picture stays until the next one is there.
 * @param us microseconds of the recording; undefined while nobody points
 */
export function useScreenAt(recordingId: string, us: number | undefined): ScreenPicture | undefined {
  const kept = useRef(new Map<string, ScreenPicture>());
  const [shown, setShown] = useState<ScreenPicture>();
  const seconds = us === undefined ? undefined : linkSeconds(us);

  useEffect(() => {
    if (seconds === undefined) return;
    const key = `${recordingId} ${seconds}`;
    const known = kept.current.get(key);
    if (known) {
      setShown(known);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      fetchScreen(recordingId, seconds, abort.signal)
        .then((picture) => {
          const [oldest] = kept.current.keys();
          if (kept.current.size >= mostKept && oldest !== undefined) kept.current.delete(oldest);
          kept.current.set(key, picture);
          setShown(picture);
        })
        // The time alone is shown: the player tells what is wrong with the recording.
        .catch(() => abort.signal.aborted || setShown(undefined));
    }, restMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [recordingId, seconds]);

  return us === undefined ? undefined : shown;
}
