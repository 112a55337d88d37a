"use client";

import type { Player } from "asciinema-player";
import { type RefObject, useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { ApiError } from "@/components/logs/log-api.ts";
import { livePlayerOptions } from "./live-player-options.ts";
import { rowsOverFrames } from "./rows-over-frames.ts";

type RewoundOptions = {
  recordingId: string;
  dark: boolean;
  speed: number;
  /** Where to begin, in microseconds of the session. */
  startUs: number;
  /** Everything that was shown so far has been played. */
  onCaughtUp: () => void;
};

const pollMs = 100;
/** Nearer to now than this is now, in microseconds. */
const nearUs = 1_500_000;

/**
 * Plays what a session under way has shown. The player knows the session up to the moment that it was made; at its
 * end, or for a later moment, it is made anew.
 */
export function useRewoundPlayer(box: RefObject<HTMLElement | null>, options: RewoundOptions) {
  const { recordingId, dark, speed, startUs } = options;
  const player = useRef<Player>(null);
  const place = useRef(startUs);
  const running = useRef(true);
  const [atUs, setAtUs] = useState(startUs);
  const [playing, setPlaying] = useState(true);
  const [error, setError] = useState<Error>();
  const [attempt, setAttempt] = useState(0);
  const caughtUp = useEffectEvent(() => options.onCaughtUp());

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for a player that knows more
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let gone = false;
    let made: Player | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    setError(undefined);

    async function make(parent: HTMLElement) {
      const { create } = await import("asciinema-player");
      if (gone) return;
      const source = { url: `/api/v1/recordings/${recordingId}/player-index`, format: "segmented" };
      const created = create(source, parent, { ...livePlayerOptions(dark), preload: true, speed });
      made = created;
      rowsOverFrames(parent);
      created.addEventListener("playing", () => setRunning(true));
      created.addEventListener("pause", () => setRunning(false));
      created.addEventListener("ended", () => {
        if (!gone) setAttempt((count) => count + 1);
      });
      const wasRunning = running.current;
      await created.seek(place.current / 1e6);
      if (gone) return;
      const wholeUs = (created.getDuration() ?? 0) * 1e6;
      if (wasRunning && wholeUs - place.current < nearUs) {
        caughtUp();
        return;
      }
      player.current = created;
      if (wasRunning) await created.play();
      timer = setInterval(() => {
        const us = Math.round(created.getCurrentTime() * 1e6);
        if (us === place.current) return;
        place.current = us;
        setAtUs(us);
      }, pollMs);
    }

    function setRunning(now: boolean) {
      if (gone) return;
      running.current = now;
      setPlaying(now);
    }

    make(element).catch((failure: unknown) => {
      if (!gone) setError(failure instanceof Error ? failure : new ApiError(String(failure), 0));
    });
    return () => {
      gone = true;
      clearInterval(timer);
      player.current = null;
      made?.dispose();
    };
  }, [box, recordingId, dark, speed, attempt]);

  const fail = useCallback((failure: unknown) => {
    setError(failure instanceof Error ? failure : new ApiError(String(failure), 0));
  }, []);
  const seek = useCallback(
    (us: number) => {
      place.current = us;
      setAtUs(us);
      const current = player.current;
      if (!current || us > (current.getDuration() ?? 0) * 1e6) setAttempt((count) => count + 1);
      else current.seek(us / 1e6).catch(fail);
    },
    [fail],
  );
  const toggle = useCallback(() => {
    const action = running.current ? player.current?.pause() : player.current?.play();
    action?.catch(fail);
  }, [fail]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { atUs, playing, error, seek, toggle, retry };
}
