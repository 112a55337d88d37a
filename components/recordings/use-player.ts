"use client";

import type { Player } from "asciinema-player";
import { type RefObject, useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { ApiError } from "@/components/logs/log-api.ts";
import type { IdleTime } from "@/lib/recordings/idle.ts";
import { fetchRecording } from "./recording-api.ts";
import { rowsOverFrames } from "./rows-over-frames.ts";

export type PlayerOptions = {
  recordingId: string;
  /** The way between the times of the recording and of the player; a new one makes a new player. */
  idle: IdleTime;
  /** What the player asks its index for; undefined plays pauses as they were. */
  idleSeconds: number | undefined;
  speed: number;
  dark: boolean;
  /** Whether the recording is shown in its own colours, where it came with some. */
  own: boolean;
  /** Where to begin, in microseconds of the recording. */
  startUs: number;
};

const fontFamily = '"Geist Mono Variable", ui-monospace, "Liberation Mono", monospace';
const pollMs = 100;
const mostReasonMs = 10_000;
/** Below this width the terminal keeps its letters and scrolls sideways. */
const narrow = "(width < 48rem)";

/** What the player cannot read while it plays. Its types do not know the event, its code does. */
function tellFailures(player: Player, onFailure: (failure: unknown) => void): void {
  const told = player as unknown as {
    addEventListener: (name: "error", handler: (event: { message?: string }) => void) => void;
  };
  told.addEventListener("error", ({ message }) => onFailure(new Error(message ?? "The player failed.")));
}

/** The player says an address and a status; what became of the recording, such as who deleted it, says the server. */
async function reasonOf(recordingId: string, failure: unknown): Promise<Error> {
  try {
    await fetchRecording(recordingId, AbortSignal.timeout(mostReasonMs));
  } catch (told) {
    if (told instanceof ApiError) return told;
  }
  return failure instanceof Error ? failure : new ApiError(String(failure), 0);
}

/**
 * The player in `box`, made anew when an option changes, at the same moment and playing as before.
 * @returns where it is, in microseconds of the recording, and what can be done with it
 */
export function usePlayer(box: RefObject<HTMLElement | null>, options: PlayerOptions) {
  const { recordingId, idle, idleSeconds, speed, dark, own, startUs } = options;
  const player = useRef<Player>(null);
  const place = useRef(startUs);
  const running = useRef(false);
  /** Where the player came to stand after it was sent to a moment: within a shortened pause it has one place for many. */
  const stood = useRef<{ at: number; us: number }>(null);
  const [atUs, setAtUs] = useState(startUs);
  const [playing, setPlaying] = useState(false);
  const [ready, setReady] = useState(false);
  const [error, setError] = useState<Error>();
  const [attempt, setAttempt] = useState(0);

  const moved = useEffectEvent((us: number) => {
    place.current = us;
    setAtUs(us);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for a new player after a failure
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let gone = false;
    let made: Player | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    setError(undefined);

    async function make(parent: HTMLElement) {
      // Measured once by the player: the letters must be there before.
      const [{ create }] = await Promise.all([
        import("asciinema-player"),
        document.fonts.load('15px "Geist Mono Variable"'),
      ]);
      if (gone) return;
      const query = idleSeconds === undefined ? "" : `?idle=${idleSeconds}`;
      const source = {
        url: `/api/v1/recordings/${recordingId}/player-index${query}`,
        format: "segmented",
      };
      const small = window.matchMedia(narrow).matches;
      const created = create(source, parent, {
        preload: true,
        speed,
        controls: false,
        theme: `${own ? "auto/" : ""}daybook-${dark ? "dark" : "light"}`,
        fit: small ? "none" : "both",
        ...(small && { terminalFontSize: "12px" }),
        terminalFontFamily: fontFamily,
      });
      made = created;
      rowsOverFrames(parent);
      created.addEventListener("playing", () => setRunning(true));
      created.addEventListener("pause", () => setRunning(false));
      created.addEventListener("ended", () => setRunning(false));
      tellFailures(created, (failure) => void failed(failure));
      const wasRunning = running.current;
      let wanted: number;
      // Somebody may ask for another moment while this one is fetched.
      do {
        wanted = place.current;
        await created.seek(idle.toPlayer(wanted) / 1e6);
        if (gone) return;
      } while (place.current !== wanted);
      player.current = created;
      stood.current = { at: created.getCurrentTime(), us: wanted };
      setReady(true);
      if (wasRunning) await created.play();
      let shown = Number.NaN;
      timer = setInterval(() => {
        const now = created.getCurrentTime();
        if (now === shown) return;
        shown = now;
        const { at, us } = stood.current ?? {};
        moved(us !== undefined && at === now ? us : Math.round(idle.toRecording(now * 1e6)));
      }, pollMs);
    }

    function setRunning(now: boolean) {
      if (gone) return;
      running.current = now;
      setPlaying(now);
    }

    async function failed(failure: unknown) {
      const reason = await reasonOf(recordingId, failure);
      if (!gone) setError(reason);
    }

    make(element).catch(failed);
    return () => {
      gone = true;
      clearInterval(timer);
      player.current = null;
      made?.dispose();
    };
  }, [box, recordingId, idle, idleSeconds, speed, dark, own, attempt]);

  const fail = useCallback(
    (failure: unknown) => void reasonOf(recordingId, failure).then(setError),
    [recordingId],
  );
  const seek = useCallback(
    (us: number) => {
      const current = player.current;
      place.current = us;
      setAtUs(us);
      current
        ?.seek(idle.toPlayer(us) / 1e6)
        .then(() => {
          if (player.current === current) stood.current = { at: current.getCurrentTime(), us };
        })
        .catch(fail);
    },
    [idle, fail],
  );
  const toggle = useCallback(() => {
    const action = running.current ? player.current?.pause() : player.current?.play();
    action?.catch(fail);
  }, [fail]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { atUs, playing, ready, error, seek, toggle, retry, player };
}
